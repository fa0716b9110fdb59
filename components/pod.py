"""Pods, as every workload of the app declares them; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi

from settings.amounts import Amounts
from settings.container import ContainerSettings
from settings.workload import WorkloadSettings

USER = 10001
"""Numeric user and group of the process; high, so that it is nobody on the node."""

NAME_LABEL = "app.kubernetes.io/name"


class PodArgs(TypedDict):
    """`environment` maps variables to values; `sources` are ConfigMaps and Secrets that hold more of them."""

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    pull_secret: pulumi.Input[str] | None
    account: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]]
    sources: Sequence[Mapping[str, Any]]
    priority: pulumi.Input[str] | None
    workload: WorkloadSettings


def template(name: str, args: PodArgs, container: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    """A pod template that meets the `restricted` Pod Security Standard, labelled with `name`.

    `container` and `spec` add to the app's container and to the pod.
    """
    settings = args["workload"]
    # Kubernetes' own sidecars: they never hold up the end of a Job, nor end before the app has drained.
    sidecars = [{**_other(*each, settings), "restartPolicy": "Always"} for each in settings.sidecars.items()]
    initial = [*sidecars, *(_other(*each, settings) for each in settings.init_containers.items())]
    sizes = {"tmp": settings.limits.ephemeral_storage, **{key: each.size for key, each in settings.volumes.items()}}
    return {
        "metadata": {"labels": {NAME_LABEL: name}},
        "spec": {
            "serviceAccountName": args["account"],
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **({"imagePullSecrets": [{"name": args["pull_secret"]}]} if args["pull_secret"] else {}),
            **({"priorityClassName": args["priority"]} if args["priority"] else {}),
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **({"initContainers": initial} if initial else {}),
            "containers": [{**_own(name, args), **container}],
            "volumes": [{"name": volume, "emptyDir": {"sizeLimit": size}} for volume, size in sizes.items()],
            **spec,
        },
    }


def _own(name: str, args: PodArgs) -> dict[str, Any]:
    """The app's container."""
    settings = args["workload"]
    values = [{"name": variable, "value": value} for variable, value in args["environment"].items()]
    fields = [
        {"name": variable, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": field}}}
        for variable, field in settings.pod_fields.items()
    ]
    return {
        "name": name,
        "image": args["image"],
        "env": [*values, *fields],
        **({"envFrom": args["sources"]} if args["sources"] else {}),
        **_bounded(settings, settings.requests, settings.limits),
    }


def _other(name: str, container: ContainerSettings, settings: WorkloadSettings) -> dict[str, Any]:
    """A container beside the app's."""
    return {
        "name": name,
        "image": container.image,
        **({"command": list(container.command)} if container.command else {}),
        **({"args": list(container.arguments)} if container.arguments else {}),
        "env": [{"name": variable, "value": value} for variable, value in container.variables.items()],
        **_bounded(settings, container.requests, container.limits),
    }


def _bounded(settings: WorkloadSettings, requests: Amounts, limits: Amounts) -> dict[str, Any]:
    """What all containers have in common."""
    paths = {"tmp": "/tmp", **{name: volume.path for name, volume in settings.volumes.items()}}
    return {
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": requests.manifest, "limits": limits.manifest},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in paths.items()],
    }
