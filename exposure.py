"""How visitors reach an app: by Ingress or by Gateway, whichever the stack file names."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

from pulumi import Input, Output, ResourceOptions

from components.address import Address
from components.backend import Backend, BackendArgs
from components.certificate_map import CertificateMap
from components.dns_records import DnsRecords
from components.gateway import Gateway
from components.gateway_backend import GatewayBackend
from components.https_redirect import HttpsRedirect
from components.ingress import Ingress
from components.pod_monitoring import PodMonitoringArgs
from components.ssl_policy import SslPolicy
from settings.ingress import DnsSettings
from settings.naming import APPLICATION
from settings.route import Route
from settings.ssl_policy import ExistingSslPolicy, SslPolicySettings
from settings.stack import Settings
from settings.system import SystemSettings

GATEWAY = f"{APPLICATION}-gateway"
"""Apart from the Ingress's names: the objects of both exist for a while when one takes the other's place."""


def expose(
    settings: Settings,
    deployed: PodMonitoringArgs,
    address: Input[str],
    on_google: ResourceOptions,
    on_cluster: ResourceOptions,
) -> Output[list[str]]:
    """The load balancer on the reserved address named `address`, in front of the `deployed` pods.

    Returns the domains that HTTP is redirected to HTTPS for: all or none.
    """
    chosen, ssl_policy = settings.ingress, _ssl_policy(settings, on_google)
    redirect = HttpsRedirect("app", {"domains": settings.domains, "stated": chosen.redirect_to_https})
    pods: BackendArgs = {**deployed, "workload": settings.workload, "treatment": chosen.backend}
    if chosen.kind == "gateway":
        certificates = CertificateMap(
            "certificates", {"name": settings.name, "domains": settings.domains, "zone": settings.dns.zone}, on_google
        )
        redirected = redirect.domains(certificates.states)
        backend = GatewayBackend("app", {**pods, "name": GATEWAY}, on_cluster)
        Gateway(
            "app",
            {
                "name": GATEWAY,
                "namespace": deployed["namespace"],
                "routes": [Route(path="/", path_type="Prefix", service=APPLICATION, port=backend.port)],
                "services": {APPLICATION: backend.name},
                "address": address,
                "certificates": certificates.name,
                "redirect_to_https": redirected.apply(bool),
                "ssl_policy": ssl_policy,
            },
            on_cluster,
        )
        return redirected
    backend = Backend("app", pods, on_cluster)
    return Ingress(
        "app",
        {
            "name": APPLICATION,
            "namespace": deployed["namespace"],
            "domains": settings.domains,
            "backend": backend.backend,
            "address": address,
            "redirect": redirect,
            "ssl_policy": ssl_policy,
        },
        on_cluster,
    ).redirected


def _ssl_policy(settings: Settings, on_google: ResourceOptions) -> Input[str] | None:
    policy = settings.ingress.ssl_policy
    if isinstance(policy, ExistingSslPolicy):
        return policy.existing
    return SslPolicy("app", {"name": settings.name, "policy": policy}, on_google).name if policy else None


class RoutedHosts(TypedDict):
    """Hosts that all have the same routes; `services` gives the name of each Service that the routes name."""

    namespace: Input[str]
    hosts: Sequence[str]
    routes: Sequence[Route]
    services: Mapping[str, Input[str]]


class HostsArgs(RoutedHosts):
    """`settings` are those of the program, which has this one Gateway."""

    settings: SystemSettings
    dns: DnsSettings


class PublicHosts(NamedTuple):
    """Where hosts answer, and the DNS records that are left to create by hand."""

    address: Output[str]
    missing_records: Output[list[str]]


def expose_hosts(args: HostsArgs, on_google: ResourceOptions, on_cluster: ResourceOptions) -> PublicHosts:
    """A Gateway with its address, DNS records, certificates and TLS policy; HTTP is a redirect to HTTPS."""
    settings, hosts, dns = args["settings"], args["hosts"], args["dns"]
    name, kind = settings.name, settings.application
    kept = ResourceOptions(protect=settings.deletion_protection)
    address = Address(kind, {"name": name}, ResourceOptions.merge(on_google, kept))
    records = DnsRecords(
        kind, {"domains": hosts, "address": address.address, "zone": dns.zone, "caa": dns.caa}, on_google
    )
    certificates = CertificateMap(kind, {"name": name, "domains": hosts, "zone": dns.zone}, on_google)
    Gateway(
        kind,
        {
            "name": kind,
            "namespace": args["namespace"],
            "hosts": hosts,
            "routes": args["routes"],
            "services": args["services"],
            "address": address.name,
            "certificates": certificates.name,
            "redirect_to_https": True,
            "ssl_policy": SslPolicy(kind, {"name": name, "policy": SslPolicySettings()}, on_google).name,
        },
        on_cluster,
    )
    return PublicHosts(address.address, records.missing)
