"""Ingresses of class gce, and what they name, as the model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.edge import naming
from sandbox.edge.address import Addresses
from sandbox.edge.backend import backend
from sandbox.edge.endpoints import endpoints
from sandbox.edge.model import Backend, HostRule, LoadBalancer, Model, PathRule
from sandbox.edge.objects import Cluster, IngressError, Key, Kind, Object, annotations, key
from sandbox.google import Resource

FINALIZER = "networking.gke.io/ingress-finalizer-V2"
CLASS = "kubernetes.io/ingress.class"
CERTIFICATES = "networking.gke.io/managed-certificates"
FRONTEND_CONFIG = "networking.gke.io/v1beta1.FrontendConfig"
ALLOW_HTTP = "kubernetes.io/ingress.allow-http"

_REDIRECTS = {
    "MOVED_PERMANENTLY_DEFAULT": 301,
    "FOUND": 302,
    "SEE_OTHER": 303,
    "TEMPORARY_REDIRECT": 307,
    "PERMANENT_REDIRECT": 308,
}

CertificateFile = Callable[[Object], Path | None]
"""The PEM file of a ManagedCertificate; None while it is being provisioned."""


@dataclass(frozen=True)
class Translation:
    """The model, and the Ingresses that could not be translated as they stand."""

    model: Model
    errors: Mapping[Key, IngressError]


def wanted(ingress: Object) -> bool:
    """Whether an Ingress is Google's to serve: class gce, or no class at all, and not being deleted."""
    kind = annotations(ingress).get(CLASS)
    ours = kind == "gce" or (kind is None and not ingress["spec"].get("ingressClassName"))
    return ours and "deletionTimestamp" not in ingress["metadata"]


def certificate_names(ingress: Object) -> list[Key]:
    """The ManagedCertificates that an Ingress names, in its order."""
    names = (name.strip() for name in annotations(ingress).get(CERTIFICATES, "").split(","))
    return [(key(ingress)[0], name) for name in dict.fromkeys(names) if name]


def translate(
    cluster: Cluster,
    google: Mapping[str, Resource],
    certificate_file: CertificateFile,
    previous: Mapping[Key, LoadBalancer],
) -> Translation:
    """The model that the cluster asks for.

    An Ingress that names something missing is left as it was before (`previous`), or not served at all:
    never half of it. Its endpoints are always those of now.
    """
    ours = [one for one in cluster[Kind.INGRESS].values() if wanted(one) and _finalizer(one)]
    addresses = Addresses(cluster, google)
    balancers: list[LoadBalancer] = []
    errors: dict[Key, IngressError] = {}
    for ingress in sorted(ours, key=lambda one: (one["metadata"]["creationTimestamp"], key(one))):
        try:
            balancers.append(_balancer(cluster, ingress, addresses, certificate_file))
        except IngressError as error:
            errors[key(ingress)] = error
            if before := previous.get(key(ingress)):
                balancers.append(before)
    # Also those of what is served now, in case HAProxy cannot take the new structure.
    backends = Model((*previous.values(), *balancers)).backends
    live = {name: endpoints(cluster, target) for name, target in backends.items()}
    return Translation(Model(tuple(balancers), live), errors)


def _finalizer(ingress: Object) -> bool:
    return FINALIZER in ingress["metadata"].get("finalizers", [])


def _balancer(
    cluster: Cluster, ingress: Object, addresses: Addresses, certificate_file: CertificateFile
) -> LoadBalancer:
    where = key(ingress)
    backends: dict[str, Backend] = {}

    def named(reference: Object) -> str:
        found = backend(cluster, where[0], reference)
        return backends.setdefault(found.name, found).name

    spec = ingress["spec"]
    if spec.get("tls"):
        raise IngressError.invalid("spec.tls is not served here: name a ManagedCertificate instead")
    hosts: dict[str, dict[str, str]] = {}
    for rule in spec.get("rules") or []:
        paths = hosts.setdefault(rule.get("host") or "*", {})
        for entry in rule.get("http", {}).get("paths") or []:
            paths |= dict.fromkeys(_paths(entry), named(entry["backend"]))
    default = spec.get("defaultBackend")
    certificates = _certificates(cluster, ingress, certificate_file)
    redirect = _redirect(cluster, ingress)
    return LoadBalancer(
        name=naming.load_balancer(where),
        ingress=where,
        default=named(default) if default else None,
        hosts=tuple(
            HostRule(host, tuple(PathRule(path, target) for path, target in paths.items()))
            for host, paths in hosts.items()
        ),
        backends=tuple(backends.values()),
        certificates=certificates,
        redirect=redirect if certificates else None,
        http=annotations(ingress).get(ALLOW_HTTP, "true") != "false",
        # Last, so that an Ingress that is refused for another reason takes no address.
        address=addresses.of(ingress),
    )


def _paths(entry: Mapping[str, Any]) -> list[str]:
    """The URL map's paths for an Ingress path, as ingress-gce makes them."""
    path, kind = entry.get("path", ""), entry.get("pathType", "ImplementationSpecific")
    if kind == "ImplementationSpecific":
        path = path or "/*"
        if "*" in path.removesuffix("/*"):
            raise IngressError.invalid(f'path "{path}" is not valid: a URL map takes * only at the end, after /')
        return [path]
    if "*" in path:
        raise IngressError.invalid(f"failed to validate {kind.lower()} path {path} due to invalid wildcard")
    if kind == "Exact":
        return [path]
    stem = path.rstrip("/")
    return [stem, f"{stem}/*"] if stem else ["/*"]


def _certificates(cluster: Cluster, ingress: Object, certificate_file: CertificateFile) -> tuple[Path, ...]:
    files: list[Path] = []
    for where in certificate_names(ingress):
        certificate = cluster[Kind.MANAGED_CERTIFICATE].get(where)
        if certificate is None:
            raise IngressError("MissingCertificate", f"ManagedCertificate {where[0]}:{where[1]} missing")
        if file := certificate_file(certificate):
            files.append(file)
    return tuple(files)


def _redirect(cluster: Cluster, ingress: Object) -> int | None:
    """Status code of the redirect to HTTPS that the FrontendConfig asks for."""
    name = annotations(ingress).get(FRONTEND_CONFIG)
    if not name:
        return None
    config = cluster[Kind.FRONTEND_CONFIG].get((key(ingress)[0], name))
    if config is None:
        raise IngressError("Sync", f'Error: no FrontendConfig for Ingress exists: "{name}".')
    redirect = config.get("spec", {}).get("redirectToHttps", {})
    return (
        _REDIRECTS[redirect.get("responseCodeName", "MOVED_PERMANENTLY_DEFAULT")] if redirect.get("enabled") else None
    )
