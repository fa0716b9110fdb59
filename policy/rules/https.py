"""Rules of how the world is served over HTTPS: TLS versions, ciphers, and what HTTP answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .exposure import CERTIFICATES, GATEWAY, INGRESS, of_google
from .health_check import ROUTE
from .property import annotation, at, items, same
from .rule import UNKNOWN, Config, Finding, Resource, Rule, StackRule

SSL_POLICY = ("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy")
FRONTEND_CONFIG = ("kubernetes:networking.gke.io/*:FrontendConfig",)
GATEWAY_POLICY = ("kubernetes:networking.gke.io/*:GCPGatewayPolicy",)
MANAGED_CERTIFICATE = ("kubernetes:networking.gke.io/*:ManagedCertificate",)
CERTIFICATE = ("gcp:certificatemanager/certificate:Certificate",)

FRONTEND = "networking.gke.io/v1beta1.FrontendConfig"
"""The annotation of an Ingress that names its FrontendConfig."""

VERSIONS = ("TLS_1_2", "TLS_1_3")
PROFILES = ("MODERN", "RESTRICTED", "FIPS_202205", "CUSTOM")
NO_FORWARD_SECRECY = "TLS_RSA_"
"""How the names of the features begin that only the profile COMPATIBLE has."""

REDIRECT = "spec.redirectToHttps.enabled"


def _strict(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    """Google lets in TLS 1.0 and all ciphers where nothing is stated."""
    for path, accepted in (("minTlsVersion", VERSIONS), ("profile", PROFILES)):
        value = at(properties, path)
        if value not in accepted and value != UNKNOWN:
            yield Finding(path, value)
    for feature in items(properties, "customFeatures"):
        if str(feature).startswith(NO_FORWARD_SECRECY):
            yield Finding("customFeatures", feature)


def _named(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    for ingress in _of(resources, INGRESS):
        if of_google(ingress.properties) and _serves_https(ingress):
            frontend = _frontend(ingress, resources)
            if frontend is None:
                yield Finding(f"metadata.annotations[{FRONTEND}]", urn=ingress.urn)
            elif at(frontend.properties, "spec.sslPolicy") in (None, ""):
                yield Finding("spec.sslPolicy", urn=frontend.urn)
    for gateway in _of(resources, GATEWAY):
        policies = [each for each in _of(resources, GATEWAY_POLICY) if _targets(each, gateway)]
        if _serves_https(gateway) and not any(at(each.properties, "spec.default.sslPolicy") for each in policies):
            yield Finding("the GCPGatewayPolicy with an sslPolicy", urn=gateway.urn)


def _redirected(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    for ingress in _of(resources, INGRESS):
        frontend = _frontend(ingress, resources) if of_google(ingress.properties) else None
        if frontend is None or not _serves_https(ingress):
            continue
        enabled = at(frontend.properties, REDIRECT)
        certified = _all(resources, MANAGED_CERTIFICATE, "status.certificateStatus", "Active")
        if enabled is False or (enabled is None and certified):
            yield Finding(REDIRECT, enabled, frontend.urn)
    if _all(resources, CERTIFICATE, "managed.state", "ACTIVE"):
        for gateway in _of(resources, GATEWAY):
            for route in _of(resources, ROUTE):
                if _serves_https(gateway) and _answers_http(route, gateway) and not _redirects(route):
                    yield Finding("spec.rules of HTTP", "no redirect", route.urn)


def _of(resources: Sequence[Resource], types: tuple[str, ...]) -> list[Resource]:
    return [each for each in resources if each.matches(types)]


def _serves_https(front: Resource) -> bool:
    return any(annotation(front.properties, name) for name in CERTIFICATES)


def _frontend(ingress: Resource, resources: Sequence[Resource]) -> Resource | None:
    name = annotation(ingress.properties, FRONTEND)
    found = (each for each in _of(resources, FRONTEND_CONFIG) if same(at(each.properties, "metadata.name"), name))
    return next(found, None)


def _targets(policy: Resource, gateway: Resource) -> bool:
    return same(at(policy.properties, "spec.targetRef.name"), at(gateway.properties, "metadata.name"))


def _all(resources: Sequence[Resource], types: tuple[str, ...], path: str, value: str) -> bool:
    """Whether there are such certificates, and all are known to be issued."""
    states = {at(each.properties, path) for each in _of(resources, types)}
    return states == {value}


def _answers_http(route: Resource, gateway: Resource) -> bool:
    listeners = items(gateway.properties, "spec.listeners")
    plain = {at(listener, "name") for listener in listeners if at(listener, "protocol") == "HTTP"}
    parents = items(route.properties, "spec.parentRefs")
    ours = [each for each in parents if same(at(each, "name"), at(gateway.properties, "metadata.name"))]
    return any(at(each, "sectionName") in {*plain, None} for each in ours) and bool(plain)


def _redirects(route: Resource) -> bool:
    rules = items(route.properties, "spec.rules")
    filters = [each for rule in rules for each in items(rule, "filters")]
    return UNKNOWN in rules or any(at(each, "requestRedirect.scheme") == "https" for each in filters)


RULES = [
    Rule(
        id="exposure-tls-version",
        title="Clients speak TLS 1.2 or newer, with ciphers that keep past traffic secret",
        level="advisory",
        types=SSL_POLICY,
        check=_strict,
        consequence="whoever listens on the way can make clients use what was broken long ago.",
        remedy="State minTlsVersion TLS_1_2 and profile MODERN, or stricter.",
    ),
    StackRule(
        id="exposure-ssl-policy",
        title="A load balancer names an SSL policy",
        level="advisory",
        check=_named,
        consequence="Google serves TLS 1.0 with all ciphers.",
        remedy="Name an SSL policy: in the FrontendConfig of an Ingress, in a GCPGatewayPolicy for a Gateway.",
    ),
    StackRule(
        id="exposure-https-redirect",
        title="HTTP is redirected to HTTPS",
        level="advisory",
        check=_redirected,
        consequence="what visitors send and get over HTTP is read and changed on the way.",
        remedy="Remove ingress.redirectToHttps from the stack file and run `pulumi up --refresh`: HTTP is redirected "
        "as soon as every certificate is Active.",
    ),
]
