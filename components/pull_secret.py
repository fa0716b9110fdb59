"""The credential that nodes pull images with."""

import base64
import json
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from settings.credential import Credential


class PullSecretArgs(TypedDict):
    """`credential` may be read-only; it must outlive the deployment: nodes use it to start any pod."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    credential: Credential


class PullSecret(pulumi.ComponentResource):
    """A Secret for `imagePullSecrets`."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: PullSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:pull_secret:PullSecret", name, None, opts)

        credential = args["credential"]
        content = credential.token.apply(lambda token: docker_config(credential.registry, credential.username, token))
        secret = k8s.core.v1.Secret(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            type="kubernetes.io/dockerconfigjson",
            data={".dockerconfigjson": content},
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = secret.metadata.name
        self.register_outputs({"name": self.name})


def docker_config(registry: str, username: str, token: str) -> str:
    """Base64 of a Docker configuration that signs in to `registry`."""
    pair = base64.b64encode(f"{username}:{token}".encode()).decode()
    content = {"auths": {registry: {"username": username, "password": token, "auth": pair}}}
    return base64.b64encode(json.dumps(content).encode()).decode()
