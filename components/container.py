"""Containers of pods; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.held import Mount, Variable
from settings.amounts import Amounts
from settings.container import ContainerSettings, SidecarSettings
from settings.pod import PodSettings


class ContainerArgs(TypedDict):
    """`environment` maps variables to values; `sources` are ConfigMaps and Secrets that hold more of them.

    `mounts` are files beside the settings' volumes. Without `account` the pod is nobody to Kubernetes.
    """

    namespace: pulumi.Input[str]
    image: pulumi.Input[str]
    pull_secret: NotRequired[pulumi.Input[str] | None]
    account: NotRequired[pulumi.Input[str] | None]
    environment: NotRequired[Mapping[str, pulumi.Input[str] | Variable]]
    sources: NotRequired[Sequence[Mapping[str, Any]]]
    mounts: NotRequired[Sequence[Mount]]
    priority: NotRequired[pulumi.Input[str] | None]
    node_selector: NotRequired[Mapping[str, str]]


def own(name: str, args: ContainerArgs, settings: PodSettings, mounts: Sequence[Mount]) -> dict[str, Any]:
    """The app's container."""
    values = [
        {"name": variable, **({"valueFrom": value.source} if isinstance(value, Variable) else {"value": value})}
        for variable, value in args.get("environment", {}).items()
    ]
    fields = [
        {"name": variable, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": field}}}
        for variable, field in settings.pod_fields.items()
    ]
    sources = args.get("sources")
    return {
        "name": name,
        "image": args["image"],
        "env": [*values, *fields],
        **({"envFrom": sources} if sources else {}),
        **_bounded(name, settings, settings.requests, settings.limits, mounts),
    }


def serving(settings: PodSettings) -> dict[str, Any]:
    """What only a container that serves has."""
    ports = settings.own_ports
    startup = settings.startup and settings.startup.manifest(settings.liveness_path, ports)
    return {
        **_told(settings.command, settings.arguments),
        "ports": _ports(ports),
        "readinessProbe": settings.readiness.manifest(settings.health_path, ports),
        "livenessProbe": settings.liveness.manifest(settings.liveness_path, ports),
        **({"startupProbe": startup} if startup else {}),
        "lifecycle": {"preStop": {"sleep": {"seconds": settings.drain_seconds}}},
    }


def sidecar(name: str, container: SidecarSettings, settings: PodSettings, mounts: Sequence[Mount]) -> dict[str, Any]:
    probes = {
        "readinessProbe": container.readiness,
        "livenessProbe": container.liveness,
        "startupProbe": container.startup,
    }
    asked = {key: probe.manifest(probe.path, container.ports) for key, probe in probes.items() if probe}
    listening = {"ports": _ports(container.ports)} if container.ports else {}
    return {**other(name, container, settings, mounts), **listening, **asked, "restartPolicy": "Always"}


def other(name: str, container: ContainerSettings, settings: PodSettings, mounts: Sequence[Mount]) -> dict[str, Any]:
    """A container beside the app's."""
    return {
        "name": name,
        "image": container.image,
        **_told(container.command, container.arguments),
        "env": [{"name": variable, "value": value} for variable, value in container.variables.items()],
        **_bounded(name, settings, container.requests, container.limits, mounts),
    }


def _told(command: Sequence[str], arguments: Sequence[str]) -> dict[str, Any]:
    return {
        **({"command": list(command)} if command else {}),
        **({"args": list(arguments)} if arguments else {}),
    }


def _ports(ports: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in ports.items()]


def _bounded(
    name: str, settings: PodSettings, requests: Amounts, limits: Amounts, mounts: Sequence[Mount]
) -> dict[str, Any]:
    """What all containers have in common."""
    paths = {"tmp": "/tmp", **{key: volume.path for key, volume in settings.volumes.items()}}
    shown = [each for each in mounts if not each.containers or name in each.containers]
    return {
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": requests.manifest, "limits": limits.manifest},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            *({"name": volume, "mountPath": path} for volume, path in paths.items()),
            # Neither a ConfigMap nor a Secret can be written through a mount.
            *({"name": each.volume, "mountPath": each.path, "readOnly": bool(each.source)} for each in shown),
        ],
    }
