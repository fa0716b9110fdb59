"""Rules of what the world sees: load balancers, certificates and addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from .property import annotation, at, items
from .rule import UNKNOWN, Config, Finding, Rule

INGRESS = ("kubernetes:networking.k8s.io/*:Ingress",)
SERVICE = ("kubernetes:core/v1:Service",)
GATEWAY = ("kubernetes:gateway.networking.k8s.io/*:Gateway",)

CERTIFICATES = (
    "networking.gke.io/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/certmap",
)
ADDRESSES = ("kubernetes.io/ingress.global-static-ip-name", "kubernetes.io/ingress.regional-static-ip-name")
SNIPPETS = ("configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet")


def of_google(properties: Mapping[str, Any]) -> bool:
    """Whether Google's load balancer serves the Ingress: class gce, or none named."""
    named = at(properties, "spec.ingressClassName") or annotation(properties, "kubernetes.io/ingress.class")
    return named in (None, "gce", UNKNOWN)


def _encrypted(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    """An Ingress names its certificates under `spec.tls`, a Gateway for each listener, both by annotation, too."""
    if UNKNOWN in (at(properties, "spec.tls"), at(properties, "spec.listeners")):
        return
    stated = [*items(properties, "spec.tls"), *(at(each, "tls") for each in items(properties, "spec.listeners"))]
    if not any(stated) and not any(annotation(properties, name) for name in CERTIFICATES):
        yield Finding("the certificate")


def _at_address(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    if of_google(properties) and not any(annotation(properties, name) for name in ADDRESSES):
        yield Finding(f"metadata.annotations[{ADDRESSES[0]}]")


def _listens_at_address(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    if at(properties, "spec.addresses") in (None, []):
        yield Finding("spec.addresses")


def _no_snippets(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    annotations = at(properties, "metadata.annotations")
    for name in annotations if isinstance(annotations, Mapping) else ():
        if name.endswith(SNIPPETS):
            yield Finding("metadata.annotations", name)


def _from_ranges(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    internal = annotation(properties, "networking.gke.io/load-balancer-type") == "Internal"
    if at(properties, "spec.type") == "LoadBalancer" and not internal:
        path = "spec.loadBalancerSourceRanges"
        if not items(properties, path):
            yield Finding(path)


RULES = [
    Rule(
        id="exposure-certificate",
        title="The world is served over TLS",
        types=INGRESS + GATEWAY,
        check=_encrypted,
        consequence="everybody on the way reads and changes what is sent.",
        remedy=f"Name a certificate: spec.tls, or one of the annotations {', '.join(CERTIFICATES)}.",
    ),
    Rule(
        id="exposure-address",
        title="The service keeps its address",
        types=INGRESS,
        check=_at_address,
        consequence="a new Ingress gets another address, and the DNS record points to nothing.",
        remedy="Reserve an address, and name it.",
    ),
    Rule(
        id="exposure-gateway-address",
        title="A Gateway keeps its address",
        types=GATEWAY,
        check=_listens_at_address,
        consequence="a new Gateway gets another address, and the DNS record points to nothing.",
        remedy="Reserve an address, and name it.",
    ),
    Rule(
        id="exposure-snippets",
        title="An Ingress brings no configuration of its own",
        references=("CKV_K8S_153",),
        types=INGRESS,
        check=_no_snippets,
        consequence="whoever may write an Ingress reads every secret of the controller (CVE-2021-25742).",
        remedy="Use the annotations for what is needed.",
    ),
    Rule(
        id="exposure-source-ranges",
        title="A load balancer says who may connect",
        level="advisory",
        types=SERVICE,
        check=_from_ranges,
        consequence="everybody on the internet may connect.",
        remedy="Name the ranges, where not everybody is meant.",
    ),
]
