"""The pods that serve."""

from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi

from settings.workload import WorkloadSettings

USER = 10001
"""Numeric user and group of the process; high, so that it is nobody on the node."""

NAME_LABEL = "app.kubernetes.io/name"


class WorkloadArgs(TypedDict):
    """`environment` maps variables to values."""

    name: str
    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    pull_secret: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]]
    workload: WorkloadSettings


class Workload(pulumi.ComponentResource):
    """A Deployment that meets the `restricted` Pod Security Standard and rolls without a failed request."""

    name: pulumi.Output[str]
    selector: pulumi.Output[dict[str, str]]
    """Labels of its pods."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:workload:Workload", name, None, opts)

        settings = args["workload"]
        metadata = {
            "name": args["name"],
            "namespace": args["namespace"],
            "labels": {NAME_LABEL: args["name"]},
        }
        account = pulumi.CustomResource(
            "kubernetes:core/v1:ServiceAccount",
            name,
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": metadata,
                "automountServiceAccountToken": False,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        timeout = f"{settings.timeout_seconds}s"
        deployment = pulumi.CustomResource(
            "kubernetes:apps/v1:Deployment",
            name,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": metadata,
                "spec": {
                    "replicas": settings.replicas,
                    "revisionHistoryLimit": 3,
                    "selector": {"matchLabels": metadata["labels"]},
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
                    },
                    # A load balancer gets as long to learn of a new pod as it gets to forget an old one.
                    "minReadySeconds": settings.drain_seconds,
                    "progressDeadlineSeconds": settings.timeout_seconds,
                    "template": {
                        "metadata": {"labels": metadata["labels"]},
                        "spec": _pod(args, pulumi.get(account, "metadata")["name"]),
                    },
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )

        self.name = pulumi.get(deployment, "metadata")["name"]
        self.selector = self.name.apply(lambda deployed: {NAME_LABEL: deployed})
        self.register_outputs({"name": self.name})


def _pod(args: WorkloadArgs, account: pulumi.Output[str]) -> dict[str, Any]:
    settings = args["workload"]
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "imagePullSecrets": [{"name": args["pull_secret"]}],
        # Drained twice: requests that still come in, then those under way; the rest ends the process.
        "terminationGracePeriodSeconds": 2 * settings.drain_seconds + 5,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(args)],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": settings.limits.ephemeral_storage}}],
    }


def _container(args: WorkloadArgs) -> dict[str, Any]:
    settings = args["workload"]
    health = {"httpGet": {"path": settings.health_path, "port": settings.port}}
    return {
        "name": args["name"],
        "image": args["image"],
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": settings.port, "protocol": "TCP"}],
        "env": [{"name": variable, "value": value} for variable, value in args["environment"].items()],
        "resources": {"requests": settings.requests.manifest, "limits": settings.limits.manifest},
        "readinessProbe": {**health, "periodSeconds": 5, "timeoutSeconds": 2},
        "livenessProbe": {**health, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 5},
        "lifecycle": {"preStop": {"sleep": {"seconds": settings.drain_seconds}}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
