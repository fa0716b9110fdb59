"""Containers of pods; pure."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import Mount, Variable
from components.probe import probe
from settings.amounts import Amounts
from settings.container import ContainerSettings, SidecarSettings
from settings.pod import PodSettings


class PodTemplateArgs(TypedDict):
    """`environment` maps variables to values; `sources` are ConfigMaps and Secrets that hold more of them.

    `mounts` are files beside the settings' volumes. Without `account` the pod has no identity in Kubernetes.
    """

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    pull_secret: NotRequired[pulumi.Input[str] | None]
    account: NotRequired[pulumi.Input[str] | None]
    environment: NotRequired[Mapping[str, pulumi.Input[str] | Variable]]
    sources: NotRequired[Sequence[k8s.core.v1.EnvFromSourceArgs]]
    mounts: NotRequired[Sequence[Mount]]
    priority: NotRequired[pulumi.Input[str] | None]
    node_selector: NotRequired[Mapping[str, str]]


def app_container(
    name: str, args: PodTemplateArgs, settings: PodSettings, mounts: Mapping[str, Mount]
) -> k8s.core.v1.ContainerArgs:
    """The container of the app's image, without command. `mounts` are by the name of the pod's volume."""
    values = [_variable(*each) for each in args.get("environment", {}).items()]
    fields = [
        k8s.core.v1.EnvVarArgs(
            name=variable,
            value_from=k8s.core.v1.EnvVarSourceArgs(
                field_ref=k8s.core.v1.ObjectFieldSelectorArgs(api_version="v1", field_path=field)
            ),
        )
        for variable, field in settings.pod_fields.items()
    ]
    container = k8s.core.v1.ContainerArgs(
        name=name, image=args["image"], env=[*values, *fields], env_from=args.get("sources") or None
    )
    return _restricted(container, name, settings, settings.requests, settings.limits, mounts)


def serving(container: k8s.core.v1.ContainerArgs, settings: PodSettings) -> k8s.core.v1.ContainerArgs:
    """Adds to the app's container what it has only where it serves."""
    ports = settings.own_ports
    container.command = list(settings.command) or None
    container.args = list(settings.arguments) or None
    container.ports = _container_ports(ports)
    container.readiness_probe = probe(settings.readiness, settings.health_path, ports)
    container.liveness_probe = probe(settings.liveness, settings.liveness_path, ports)
    if settings.startup:
        container.startup_probe = probe(settings.startup, settings.liveness_path, ports)
    sleep = k8s.core.v1.SleepActionArgs(seconds=settings.drain_seconds)
    container.lifecycle = k8s.core.v1.LifecycleArgs(pre_stop=k8s.core.v1.LifecycleHandlerArgs(sleep=sleep))
    return container


def init_container(
    name: str, container: ContainerSettings, settings: PodSettings, mounts: Mapping[str, Mount]
) -> k8s.core.v1.ContainerArgs:
    """A container of another image than the app's."""
    return _restricted(
        k8s.core.v1.ContainerArgs(
            name=name,
            image=container.image,
            command=list(container.command) or None,
            args=list(container.arguments) or None,
            env=[_variable(*each) for each in container.variables.items()],
        ),
        name,
        settings,
        container.requests,
        container.limits,
        mounts,
    )


def sidecar(
    name: str, settings: SidecarSettings, pod: PodSettings, mounts: Mapping[str, Mount]
) -> k8s.core.v1.ContainerArgs:
    """Kubernetes' native sidecar: an init container that runs as long as the pod."""
    container, ports = init_container(name, settings, pod, mounts), settings.ports
    container.restart_policy = "Always"
    if ports:
        container.ports = _container_ports(ports)
    if settings.readiness:
        container.readiness_probe = probe(settings.readiness, settings.readiness.path, ports)
    if settings.liveness:
        container.liveness_probe = probe(settings.liveness, settings.liveness.path, ports)
    if settings.startup:
        container.startup_probe = probe(settings.startup, settings.startup.path, ports)
    return container


def _variable(name: str, value: pulumi.Input[str] | Variable) -> k8s.core.v1.EnvVarArgs:
    if isinstance(value, Variable):
        return k8s.core.v1.EnvVarArgs(name=name, value_from=value.source)
    return k8s.core.v1.EnvVarArgs(name=name, value=value)


def _container_ports(ports: Mapping[str, int]) -> list[k8s.core.v1.ContainerPortArgs]:
    return [
        k8s.core.v1.ContainerPortArgs(name=name, container_port=port, protocol="TCP") for name, port in ports.items()
    ]


def _restricted(
    container: k8s.core.v1.ContainerArgs,
    name: str,
    settings: PodSettings,
    requests: Amounts,
    limits: Amounts,
    mounts: Mapping[str, Mount],
) -> k8s.core.v1.ContainerArgs:
    """Adds what all containers have: bounds, the `restricted` Pod Security Standard, and the pod's volumes."""
    container.image_pull_policy = "IfNotPresent"
    container.resources = k8s.core.v1.ResourceRequirementsArgs(requests=requests.manifest, limits=limits.manifest)
    container.security_context = k8s.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=k8s.core.v1.CapabilitiesArgs(drop=["ALL"]),
    )
    paths = {"tmp": "/tmp", **{key: volume.path for key, volume in settings.volumes.items()}}
    container.volume_mounts = [
        *(k8s.core.v1.VolumeMountArgs(name=volume, mount_path=path) for volume, path in paths.items()),
        # Neither a ConfigMap nor a Secret can be written through a mount.
        *(
            k8s.core.v1.VolumeMountArgs(name=volume, mount_path=mount.path, read_only=mount.source is not None)
            for volume, mount in mounts.items()
            if not mount.containers or name in mount.containers
        ),
    ]
    return container
