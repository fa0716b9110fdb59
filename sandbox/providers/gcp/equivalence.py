"""Values that differ and mean the same to the published provider: its "diff suppress" functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """The state of a resource as a whole, and its new inputs."""

    state: Mapping[str, Any]
    inputs: Mapping[str, Any]


Equivalence = Callable[[Any, Any, Resource], bool]
"""Whether the old and the new value of a property mean the same; None where there is none."""


def ignoring_case(old: Any, new: Any, _resource: Resource) -> bool:
    return str(old).lower() == str(new).lower()


def ignoring_order(old: Any, new: Any, _resource: Resource) -> bool:
    """Also ignores duplicates; no value is none of them."""
    return isinstance(old, list) and isinstance(new, list) and set(map(str, old)) == set(map(str, new))


def of_encryption(old: Any, new: Any, _resource: Resource) -> bool:
    """GKE tells either of both for the other."""
    return {old, new} <= {"ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"}


def of_time(old: Any, new: Any, _resource: Resource) -> bool:
    """`3:00` and `03:00`."""
    return str(old).zfill(5) == str(new).zfill(5)


def range_of_size(old: Any, new: Any, _resource: Resource) -> bool:
    """A range, and its mere size."""
    return str(new).startswith("/") and str(old).endswith(str(new))


def removal_of_disabled(old: Any, new: Any, _resource: Resource) -> bool:
    """To remove what is switched off changes nothing."""
    return new is None and isinstance(old, Mapping) and not old.get("enabled") and not old.get("evaluationMode")


def on_autopilot(_old: Any, _new: Any, resource: Resource) -> bool:
    """Autopilot decides it, whatever the program says."""
    return resource.inputs.get("enableAutopilot") in (True, "true")


def without_ip_endpoint(_old: Any, _new: Any, resource: Resource) -> bool:
    """Without an endpoint for IP addresses, Google decides it."""
    for values in (resource.inputs, resource.state):
        endpoints = (values.get("controlPlaneEndpointsConfig") or {}).get("ipEndpointsConfig")
        if endpoints is not None:
            return endpoints.get("enabled") in (False, "false", None)
    return False


def subnetwork_for_range(_old: Any, new: Any, resource: Resource) -> bool:
    """With a range for the control plane, Google makes its subnetwork."""
    return new is None and bool((resource.inputs.get("privateClusterConfig") or {}).get("masterIpv4CidrBlock"))
