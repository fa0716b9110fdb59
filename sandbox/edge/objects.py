"""Kubernetes objects as the controller reads them, and what it records about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

CLASS = "kubernetes.io/ingress.class"
"""Annotation that names an Ingress's class; older than the field, and stronger."""

Key = tuple[str, str]
"""Namespace and name of a Kubernetes object."""

Object = Mapping[str, Any]
"""A Kubernetes object as the API server sent it."""


class Kind(Enum):
    """What the controller watches: API version, kind, and the plural name in its paths."""

    INGRESS = "networking.k8s.io/v1", "Ingress", "ingresses"
    SERVICE = "v1", "Service", "services"
    ENDPOINT_SLICE = "discovery.k8s.io/v1", "EndpointSlice", "endpointslices"
    POD = "v1", "Pod", "pods"
    SECRET = "v1", "Secret", "secrets"
    """Only those of type kubernetes.io/tls."""
    MANAGED_CERTIFICATE = "networking.gke.io/v1", "ManagedCertificate", "managedcertificates"
    BACKEND_CONFIG = "cloud.google.com/v1", "BackendConfig", "backendconfigs"
    FRONTEND_CONFIG = "networking.gke.io/v1beta1", "FrontendConfig", "frontendconfigs"
    GATEWAY = "gateway.networking.k8s.io/v1", "Gateway", "gateways"
    HTTP_ROUTE = "gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"
    HEALTH_CHECK_POLICY = "networking.gke.io/v1", "HealthCheckPolicy", "healthcheckpolicies"
    BACKEND_POLICY = "networking.gke.io/v1", "GCPBackendPolicy", "gcpbackendpolicies"
    GATEWAY_POLICY = "networking.gke.io/v1", "GCPGatewayPolicy", "gcpgatewaypolicies"


Cluster = Mapping[Kind, Mapping[Key, Object]]
"""All watched objects, as last seen."""


def key(thing: Object) -> Key:
    """Where a Kubernetes object is."""
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def annotations(thing: Object) -> Mapping[str, str]:
    """A Kubernetes object's annotations; empty when it has none."""
    return thing["metadata"].get("annotations") or {}


def by_age(things: Mapping[Key, Object]) -> list[Object]:
    """The oldest first: who came first keeps what two ask for."""
    return sorted(things.values(), key=lambda thing: (thing["metadata"]["creationTimestamp"], key(thing)))


@dataclass(frozen=True)
class Event:
    """What is recorded about an object, in the words of the controller that would record it."""

    reason: str
    message: str
    warning: bool = False
    component: str = "loadbalancer-controller"
    cause: Exception | None = field(default=None, compare=False)
    """The defect of the edge's own that it tells of, for the log."""


class IngressError(Exception):
    """Why an Ingress or Gateway cannot be served as it stands; goes out as a Warning event on it."""

    def __init__(self, reason: str, message: str, component: str = Event.component) -> None:
        super().__init__(message)
        self.event = Event(reason, message, warning=True, component=component)

    @classmethod
    def invalid(cls, message: str) -> "IngressError":
        """The Ingress, or something it names, is missing or cannot be served."""
        return cls("Translate", f"Translation failed: invalid ingress spec: {message}")


def refusal(error: Exception, component: str = Event.component) -> Event:
    """Why an Ingress or Gateway is not served: the error's own event, or one about a defect of the edge's own.

    That one object must not keep all others from being served.
    """
    if isinstance(error, IngressError):
        return error.event
    message = f"It cannot be served as it stands ({type(error).__name__}: {error}). See the log of the edge."
    return Event("Sync", message, warning=True, component=component, cause=error)
