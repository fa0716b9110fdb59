"""How visitors reach the app: by Ingress or by Gateway, whichever the stack file names."""

from pulumi import Input, ResourceOptions

from components.backend import Backend, BackendArgs
from components.certificate_map import CertificateMap
from components.gateway import Gateway
from components.gateway_backend import GatewayBackend
from components.ingress import Ingress
from components.pod_monitoring import PodMonitoringArgs
from components.ssl_policy import SslPolicy
from settings.naming import APPLICATION
from settings.ssl_policy import ExistingSslPolicy
from settings.stack import Settings

GATEWAY = f"{APPLICATION}-gateway"
"""Apart from the Ingress's names: the objects of both exist for a while when one takes the other's place."""


def expose(
    settings: Settings,
    deployed: PodMonitoringArgs,
    address: Input[str],
    on_google: ResourceOptions,
    on_cluster: ResourceOptions,
) -> None:
    """The load balancer on the reserved address named `address`, in front of the `deployed` pods."""
    chosen, ssl_policy = settings.ingress, _ssl_policy(settings, on_google)
    pods: BackendArgs = {**deployed, "workload": settings.workload, "treatment": chosen.backend}
    if chosen.kind == "gateway":
        certificates = CertificateMap(
            "certificates", {"name": settings.name, "domains": settings.domains, "zone": settings.dns.zone}, on_google
        )
        backend = GatewayBackend("app", {**pods, "name": GATEWAY}, on_cluster)
        Gateway(
            "app",
            {
                "name": GATEWAY,
                "namespace": deployed["namespace"],
                "backend": backend.backend,
                "address": address,
                "certificates": certificates.name,
                "redirect_to_https": chosen.redirect_to_https,
                "ssl_policy": ssl_policy,
            },
            on_cluster,
        )
        return
    backend = Backend("app", pods, on_cluster)
    Ingress(
        "app",
        {
            "name": APPLICATION,
            "namespace": deployed["namespace"],
            "domains": settings.domains,
            "backend": backend.backend,
            "address": address,
            "redirect_to_https": chosen.redirect_to_https,
            "ssl_policy": ssl_policy,
        },
        on_cluster,
    )


def _ssl_policy(settings: Settings, on_google: ResourceOptions) -> Input[str] | None:
    policy = settings.ingress.ssl_policy
    if isinstance(policy, ExistingSslPolicy):
        return policy.existing
    return SslPolicy("app", {"name": settings.name, "policy": policy}, on_google).name if policy else None
