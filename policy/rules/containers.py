"""Finding the pods and containers in whatever makes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from .property import at, items

SERVERS = ("kubernetes:apps/*:Deployment", "kubernetes:apps/*:StatefulSet", "kubernetes:apps/*:DaemonSet")
"""Whose pods are meant to run for good."""

PODS = (
    *SERVERS,
    "kubernetes:apps/*:ReplicaSet",
    "kubernetes:batch/*:Job",
    "kubernetes:batch/*:CronJob",
    "kubernetes:core/v1:Pod",
)

_TEMPLATES = ("spec.jobTemplate.spec.template", "spec.template")


def template(properties: Mapping[str, Any]) -> tuple[str, Any]:
    """Path and value of the pod that an object makes or is."""
    for path in _TEMPLATES:
        if at(properties, path) is not None:
            return f"{path}.", at(properties, path)
    return "", properties


def pod(properties: Mapping[str, Any]) -> tuple[str, Any]:
    """Path and value of the pod's spec."""
    path, found = template(properties)
    return f"{path}spec", at(found, "spec")


def containers(properties: Mapping[str, Any], *, initial: bool = True) -> Iterator[tuple[str, Any]]:
    """Path and value of each container; `initial`: those that run first, too."""
    path, spec = pod(properties)
    for kind in ("initContainers", "containers") if initial else ("containers",):
        for container in items(spec, kind):
            yield f"{path}.{kind}[{at(container, 'name')}]", container
