"""Pods, as every workload declares them; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi

from components.container import ContainerArgs, other, own, sidecar
from components.held import Mount, Variable
from settings import labels
from settings.pod import PodSettings
from settings.workload import WorkloadSettings

USER = 10001
"""Numeric user and group of the process; high, so that it is nobody on the node."""

ENDING = 30
"""Seconds from SIGTERM to SIGKILL: the app's own 2 of drain and 20 for requests under way, and time to end."""

VOLUME_LIMIT = 59
"""Characters of a volume's name, which has 63 with a number behind it."""


class Pods(NamedTuple):
    """The pods of one workload, for a Service to select."""

    name: str
    settings: PodSettings
    ready: pulumi.Output[str]
    """Their workload's name, known once they serve."""


class PodArgs(ContainerArgs):
    workload: WorkloadSettings


def template(
    name: str,
    args: ContainerArgs,
    settings: PodSettings,
    container: Mapping[str, Any],
    extra: Mapping[str, str] | None = None,
    disk: Mount | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A pod template that meets the `restricted` Pod Security Standard, labelled with `name`.

    `container` and `spec` add to the app's container and to the pod, `extra` to its labels; `disk` is the pod's own.
    Raises `pulumi.RunError` for files that are mounted into no container of the pod.
    """
    mounts = _mounts(args, disk, (name, *settings.sidecars, *settings.init_containers))
    # Kubernetes' own sidecars: they never hold up the end of a Job, nor end before the app has drained.
    sidecars = [sidecar(*each, settings, mounts) for each in settings.sidecars.items()]
    initial = [*sidecars, *(other(*each, settings, mounts) for each in settings.init_containers.items())]
    sizes = {"tmp": settings.limits.ephemeral_storage, **{key: each.size for key, each in settings.volumes.items()}}
    volumes = {volume: {"name": volume, "emptyDir": {"sizeLimit": size}} for volume, size in sizes.items()}
    volumes |= {each.volume: {"name": each.volume, **each.source} for each in mounts if each.source}
    account, pull_secret, priority = args.get("account"), args.get("pull_secret"), args.get("priority")
    checksums, node_selector = _checksums(args, mounts), {**args.get("node_selector", {}), **settings.node_selector}
    tolerations = [each.manifest for each in settings.tolerations]
    return {
        "metadata": {
            "labels": labels.of(name, extra or {}),
            **({"annotations": checksums} if checksums else {}),
        },
        "spec": {
            **({"serviceAccountName": account} if account else {}),
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **({"imagePullSecrets": [{"name": pull_secret}]} if pull_secret else {}),
            **({"priorityClassName": priority} if priority else {}),
            **({"nodeSelector": node_selector} if node_selector else {}),
            **({"tolerations": tolerations} if tolerations else {}),
            "securityContext": _identity(settings, disk),
            **({"initContainers": initial} if initial else {}),
            "containers": [{**own(name, args, settings, mounts), **container}],
            "volumes": list(volumes.values()),
            **spec,
        },
    }


def _identity(settings: PodSettings, disk: Mount | None) -> dict[str, Any]:
    unprivileged = {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
    return {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        # A new disk is root's until it is given to a group.
        **({"fsGroup": USER, "fsGroupChangePolicy": "OnRootMismatch"} if disk else {}),
        "seccompProfile": {"type": "RuntimeDefault"},
        # In the pod's own network every port is free to take; kubelet and `restricted` count it among the safe ones.
        **({"sysctls": [unprivileged]} if settings.privileged else {}),
    }


def _mounts(args: ContainerArgs, disk: Mount | None, containers: Sequence[str]) -> Sequence[Mount]:
    """Each file mount as a volume of its own, and the disk."""
    mounts = [
        mount._replace(volume=f"{mount.volume[:VOLUME_LIMIT]}-{index}")
        for index, mount in enumerate(args.get("mounts", ()))
    ]
    for mount in mounts:
        if strangers := [each for each in mount.containers if each not in containers]:
            raise pulumi.RunError(
                f"{mount.path} is mounted into {', '.join(strangers)}, and the pod has no such container: nobody would "
                f"see the files. Name one of {', '.join(containers)}, or none for all of them."
            )
    return [*mounts, *([disk] if disk else [])]


def _checksums(args: ContainerArgs, mounts: Sequence[Mount]) -> dict[str, pulumi.Input[str]]:
    variables = [each for each in args.get("environment", {}).values() if isinstance(each, Variable)]
    return {key: value for each in (*variables, *mounts) for key, value in each.checksums.items()}
