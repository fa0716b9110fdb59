"""Ingresses of class gce, and what they name, as the model."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.addresses import LOAD_BALANCERS
from sandbox.edge import naming
from sandbox.edge.address import GLOBAL, Addresses
from sandbox.edge.backend import backend
from sandbox.edge.events import Warnings
from sandbox.edge.model import Backend, How, LoadBalancer, Match, Route, host_precedence
from sandbox.edge.objects import CLASS, Cluster, IngressError, Key, Kind, Object, annotations, by_age, key, refusal
from sandbox.edge.ssl_policy import tls
from sandbox.google import Resource

FINALIZER = "networking.gke.io/ingress-finalizer-V2"
STATIC_NAME = "kubernetes.io/ingress.global-static-ip-name"
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


def wanted(ingress: Object) -> bool:
    """Whether an Ingress is Google's to serve: class gce, or no class at all, and not being deleted."""
    kind = annotations(ingress).get(CLASS)
    ours = kind == "gce" or (kind is None and not ingress["spec"].get("ingressClassName"))
    return ours and "deletionTimestamp" not in ingress["metadata"]


def certificate_names(ingress: Object) -> list[Key]:
    """The ManagedCertificates that an Ingress names, in its order."""
    names = (name.strip() for name in annotations(ingress).get(CERTIFICATES, "").split(","))
    return [(key(ingress)[0], name) for name in dict.fromkeys(names) if name]


def gce(
    cluster: Cluster,
    addresses: Addresses,
    google: Mapping[str, Resource],
    certificate_file: CertificateFile,
    previous: Mapping[str, LoadBalancer],
) -> tuple[tuple[LoadBalancer, ...], Warnings]:
    """A load balancer for each Ingress of the class that has our finalizer, and what is wrong with them.

    An Ingress that names something missing is left as it was before (`previous`, by name), or not served at
    all: never half of it.
    """
    balancers: list[LoadBalancer] = []
    warnings: Warnings = {}
    for ingress in by_age(cluster[Kind.INGRESS]):
        if not wanted(ingress) or FINALIZER not in ingress["metadata"].get("finalizers", []):
            continue
        try:
            balancers.append(_balancer(cluster, ingress, addresses, google, certificate_file))
        except Exception as error:
            warnings[Kind.INGRESS, key(ingress)] = refusal(error)
            if before := previous.get(naming.load_balancer(key(ingress))):
                balancers.append(before)
    return tuple(balancers), warnings


def _balancer(
    cluster: Cluster,
    ingress: Object,
    addresses: Addresses,
    google: Mapping[str, Resource],
    certificate_file: CertificateFile,
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
    fallback = named(default) if default else None
    certificates = _certificates(cluster, ingress, certificate_file)
    frontend = _frontend(cluster, ingress)
    policy = frontend.get("sslPolicy")
    if (demanded := tls(google, policy)) is None:
        raise IngressError("Sync", f"Error syncing to GCP: the SSL policy {policy} was not found")
    return LoadBalancer(
        name=naming.load_balancer(where),
        ingresses=(where,),
        backends=tuple(backends.values()),
        routes=tuple(_routes(hosts, fallback, _redirect(frontend))),
        certificates=certificates,
        http=annotations(ingress).get(ALLOW_HTTP, "true") != "false",
        tls=demanded,
        # Last, so that an Ingress that is refused for another reason takes no address.
        address=_address(addresses, ingress),
    )


def _address(addresses: Addresses, ingress: Object) -> str:
    name = annotations(ingress).get(STATIC_NAME)
    if not name:
        if free := addresses.unreserved(ingress):
            return free
        raise IngressError("Sync", f"Error syncing to GCP: no address is left in {LOAD_BALANCERS}; delete an Ingress.")
    failed = (
        "Error syncing to GCP: error running load balancer syncing routine: "
        f"loadbalancer {naming.load_balancer(key(ingress))} does not exist: "
    )
    address = addresses.reserved(GLOBAL, name)
    if address is None:
        raise IngressError(
            "Sync", f"{failed}the given static IP name {name} doesn't translate to an existing static IP."
        )
    if not addresses.take(ingress, address):
        raise IngressError(
            "Sync",
            f"{failed}Invalid value for field 'resource.IPAddress': '{address}'. "
            "Specified IP address is in-use and would result in a conflict.",
        )
    return address


def _routes(hosts: Mapping[str, Mapping[str, str]], default: str | None, redirect: int | None) -> Iterator[Route]:
    """Hosts and paths in the order to try them: equal before prefix, long before short.

    As in a Google URL map, the first host that matches decides: a request that none of its paths matches
    goes to the default backend, never to another host's paths.
    """
    for host in sorted(hosts, key=host_precedence):
        where = None if host == "*" else Match(How.END if host.startswith("*") else How.EQUAL, host.removeprefix("*"))
        for path in sorted(hosts[host], key=lambda path: (path.endswith("/*"), -len(path))):
            exact = not path.endswith("/*")
            match = None if path == "/*" else Match(How.EQUAL if exact else How.START, path.removesuffix("*"))
            yield Route(hosts[host][path], where, match, redirect)
        yield Route(default, where, None, redirect)
    yield Route(default, None, None, redirect)


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


def _frontend(cluster: Cluster, ingress: Object) -> Mapping[str, Any]:
    """What the FrontendConfig of an Ingress says; empty when it names none."""
    name = annotations(ingress).get(FRONTEND_CONFIG)
    if not name:
        return {}
    config = cluster[Kind.FRONTEND_CONFIG].get((key(ingress)[0], name))
    if config is None:
        raise IngressError("Sync", f'Error: no FrontendConfig for Ingress exists: "{name}".')
    return config.get("spec", {})


def _redirect(frontend: Mapping[str, Any]) -> int | None:
    """Status code of the redirect to HTTPS that a FrontendConfig asks for."""
    redirect = frontend.get("redirectToHttps", {})
    return (
        _REDIRECTS[redirect.get("responseCodeName", "MOVED_PERMANENTLY_DEFAULT")] if redirect.get("enabled") else None
    )
