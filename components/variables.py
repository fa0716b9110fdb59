"""Environment variables, as objects that pods refer to."""

from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import base64_values, digest


class VariablesArgs(TypedDict):
    """`plain` and `secret` map variables to values; all of `secret` becomes secret."""

    name: str
    namespace: pulumi.Input[str]
    plain: Mapping[str, str]
    secret: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None


class Variables(pulumi.ComponentResource):
    """An immutable ConfigMap and an immutable Secret, each if it has any content.

    Their names carry a digest of their content. So changed values are new objects, which make the pods roll; until
    they have rolled, the old pods keep the old objects.
    """

    sources: list[k8s.core.v1.EnvFromSourceArgs]
    """A container's `envFrom`."""

    def __init__(self, name: str, args: VariablesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:variables:Variables", name, None, opts)

        self.sources = []
        # Not deleted before it is replaced: its name is always another.
        child = pulumi.ResourceOptions(parent=self)
        if plain := args["plain"]:
            config_map = k8s.core.v1.ConfigMap(
                f"{name}-variables",
                metadata=k8s.meta.v1.ObjectMetaArgs(
                    name=f"{args['name']}-{digest(plain)}", namespace=args["namespace"]
                ),
                immutable=True,
                data=plain,
                opts=child,
            )
            reference = k8s.core.v1.ConfigMapEnvSourceArgs(name=config_map.metadata.name)
            self.sources.append(k8s.core.v1.EnvFromSourceArgs(config_map_ref=reference))
        if args["secret"]:
            values: pulumi.Output[Any] = pulumi.Output.secret(args["secret"])
            # The digest is slow to test guesses against, so it need not be hidden as the values are.
            content = pulumi.Output.unsecret(values.apply(digest))
            secret = k8s.core.v1.Secret(
                f"{name}-variables",
                metadata=k8s.meta.v1.ObjectMetaArgs(
                    name=pulumi.Output.format("{0}-{1}", args["name"], content), namespace=args["namespace"]
                ),
                immutable=True,
                data=values.apply(base64_values),
                opts=child,
            )
            reference = k8s.core.v1.SecretEnvSourceArgs(name=secret.metadata.name)
            self.sources.append(k8s.core.v1.EnvFromSourceArgs(secret_ref=reference))
        self.register_outputs({"sources": self.sources})
