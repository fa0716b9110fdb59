"""Pods, as every workload declares them; pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import Mount, Variable
from components.container import PodTemplateArgs, app_container, init_container, serving, sidecar
from settings import labels
from settings.node_pool import EFFECTS, Toleration
from settings.pod import PodSettings
from settings.workload import WorkloadSettings

USER = 10001
"""Numeric user and group of the process; high, so that it is no user of the node."""

SHUTDOWN_SECONDS = 30
"""From SIGTERM to SIGKILL: the app's own 2 of drain, 20 for requests under way, and time to end."""

VOLUME_NAME_LIMIT = 59
"""Characters of a volume's name, which has 63 with a number behind it."""


class Pods(NamedTuple):
    """The pods of one workload, for a Service to select."""

    name: str
    settings: PodSettings
    ready: pulumi.Output[str]
    """Their workload's name, known once they are ready."""


class PodArgs(PodTemplateArgs):
    workload: WorkloadSettings


def pod_template(
    name: str,
    args: PodTemplateArgs,
    settings: PodSettings,
    *,
    job_command: Sequence[str] = (),
    disk: Mount | None = None,
    spread: Sequence[k8s.core.v1.TopologySpreadConstraintArgs] | None = None,
) -> k8s.core.v1.PodTemplateSpecArgs:
    """A pod template that meets the `restricted` Pod Security Standard, labelled with `name`.

    Its pods serve, or with `job_command` run that command to its end. `disk` is the claim of a StatefulSet's pod.
    Raises `pulumi.RunError` for files that are mounted into no container of the pod.
    """
    mounts = _mounts(args, disk, (name, *settings.sidecars, *settings.init_containers))
    container = app_container(name, args, settings, mounts)
    if job_command:
        container.command = list(job_command)
    # Sidecars never delay the end of a Job, nor do they end before the app has drained.
    init_containers = [
        *(sidecar(*each, settings, mounts) for each in settings.sidecars.items()),
        *(init_container(*each, settings, mounts) for each in settings.init_containers.items()),
    ]
    pull_secret = args.get("pull_secret")
    node_selector = {**args.get("node_selector", {}), **settings.node_selector}
    spec = k8s.core.v1.PodSpecArgs(
        service_account_name=args.get("account"),
        automount_service_account_token=False,
        enable_service_links=False,
        image_pull_secrets=[k8s.core.v1.LocalObjectReferenceArgs(name=pull_secret)] if pull_secret else None,
        priority_class_name=args.get("priority"),
        node_selector=node_selector or None,
        tolerations=[_toleration(each) for each in settings.tolerations] or None,
        security_context=_security_context(settings, disk),
        init_containers=init_containers or None,
        containers=[container if job_command else serving(container, settings)],
        volumes=_volumes(settings, mounts),
        restart_policy="Never" if job_command else None,
        termination_grace_period_seconds=None if job_command else settings.drain_seconds + SHUTDOWN_SECONDS,
        topology_spread_constraints=spread,
    )
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(
            # No Service selects the pod of a job.
            labels=labels.of(name, {} if job_command else settings.labels),
            annotations=_checksums(args, mounts) or None,
        ),
        spec=spec,
    )


def _toleration(toleration: Toleration) -> k8s.core.v1.TolerationArgs:
    return k8s.core.v1.TolerationArgs(
        key=toleration.key,
        operator="Exists" if toleration.value is None else "Equal",
        value=toleration.value,
        effect=EFFECTS[toleration.effect] if toleration.effect else None,
    )


def _security_context(settings: PodSettings, disk: Mount | None) -> k8s.core.v1.PodSecurityContextArgs:
    unprivileged_ports = k8s.core.v1.SysctlArgs(name="net.ipv4.ip_unprivileged_port_start", value="0")
    return k8s.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER,
        run_as_group=USER,
        # A new disk belongs to root until Kubernetes gives it to a group.
        fs_group=USER if disk else None,
        fs_group_change_policy="OnRootMismatch" if disk else None,
        seccomp_profile=k8s.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
        # It concerns the pod's own network only; kubelet and `restricted` count it among the safe sysctls.
        sysctls=[unprivileged_ports] if settings.privileged else None,
    )


def _mounts(args: PodTemplateArgs, disk: Mount | None, containers: Sequence[str]) -> dict[str, Mount]:
    """The pod's mounts by the name of their volume: each file mount as one of its own, and the disk."""
    mounts = {
        f"{mount.volume[:VOLUME_NAME_LIMIT]}-{index}": mount for index, mount in enumerate(args.get("mounts", ()))
    }
    for mount in mounts.values():
        if unknown := [each for each in mount.containers if each not in containers]:
            raise pulumi.RunError(
                f"{mount.path} is mounted into {', '.join(unknown)}, and the pod has no such container: nobody would "
                f"see the files. Name one of {', '.join(containers)}, or none for all of them."
            )
    return mounts | ({disk.volume: disk} if disk else {})


def _volumes(settings: PodSettings, mounts: Mapping[str, Mount]) -> list[k8s.core.v1.VolumeArgs]:
    sizes = {"tmp": settings.limits.ephemeral_storage, **{key: each.size for key, each in settings.volumes.items()}}
    volumes = [
        k8s.core.v1.VolumeArgs(name=name, empty_dir=k8s.core.v1.EmptyDirVolumeSourceArgs(size_limit=size))
        for name, size in sizes.items()
    ]
    for name, mount in mounts.items():
        if isinstance(mount.source, k8s.core.v1.ConfigMapVolumeSourceArgs):
            volumes.append(k8s.core.v1.VolumeArgs(name=name, config_map=mount.source))
        elif mount.source:
            volumes.append(k8s.core.v1.VolumeArgs(name=name, secret=mount.source))
    return volumes


def _checksums(args: PodTemplateArgs, mounts: Mapping[str, Mount]) -> dict[str, pulumi.Input[str]]:
    variables = [each for each in args.get("environment", {}).values() if isinstance(each, Variable)]
    return {key: value for each in (*variables, *mounts.values()) for key, value in each.checksums.items()}
