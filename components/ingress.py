"""The load balancer in front of the app."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

from components.https_redirect import HttpsRedirect
from settings.naming import certificate


class IngressArgs(TypedDict):
    """`backend` is an Ingress backend; `address` is the name of a reserved global address.

    `ssl_policy` is the name of one; None: all TLS versions and ciphers that Google supports.
    """

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    domains: Sequence[str]
    backend: dict[str, Any]
    address: pulumi.Input[str]
    redirect: HttpsRedirect
    ssl_policy: pulumi.Input[str] | None


class Ingress(pulumi.ComponentResource):
    """A GKE Ingress on a reserved address: every host and path leads to one backend.

    Each domain has a certificate of its own: adding or removing one leaves the others alone. Google issues it
    once the domain's DNS leads to the address, half an hour later or more; nothing waits for that.
    """

    redirected: pulumi.Output[list[str]]
    """The domains that HTTP is redirected to HTTPS for: all or none."""

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:ingress:Ingress", name, None, opts)
        metadata = {"name": args["name"], "namespace": args["namespace"]}
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        certificates = {
            domain: pulumi.CustomResource(
                "kubernetes:networking.gke.io/v1:ManagedCertificate",
                domain,
                {
                    "apiVersion": "networking.gke.io/v1",
                    "kind": "ManagedCertificate",
                    "metadata": {"name": certificate(domain), "namespace": args["namespace"]},
                    "spec": {"domains": [domain]},
                    # GKE writes it; named here so that it can be read.
                    "status": None,
                },
                child,
            )
            for domain in args["domains"]
        }
        states = {domain: _state(each) for domain, each in certificates.items()}
        self.redirected = args["redirect"].domains(states)
        frontend = pulumi.CustomResource(
            "kubernetes:networking.gke.io/v1beta1:FrontendConfig",
            name,
            {
                "apiVersion": "networking.gke.io/v1beta1",
                "kind": "FrontendConfig",
                "metadata": metadata,
                "spec": {
                    "redirectToHttps": self.redirected.apply(bool).apply(
                        # Absent it is off, too: only what the stack file states as off is written down as that.
                        lambda on: None if args["redirect"].stated is None and not on else {"enabled": on}
                    ),
                    # GKE takes a policy away for an empty name alone.
                    "sslPolicy": args["ssl_policy"] or "",
                },
            },
            child,
        )
        path = {"path": "/*", "pathType": "ImplementationSpecific", "backend": args["backend"]}
        pulumi.CustomResource(
            "kubernetes:networking.k8s.io/v1:Ingress",
            name,
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": {
                    **metadata,
                    "annotations": {
                        "kubernetes.io/ingress.global-static-ip-name": args["address"],
                        "networking.gke.io/managed-certificates": pulumi.Output.all(
                            *(pulumi.get(each, "metadata")["name"] for each in certificates.values())
                        ).apply(",".join),
                        "networking.gke.io/v1beta1.FrontendConfig": pulumi.get(frontend, "metadata")["name"],
                    },
                },
                "spec": {
                    "defaultBackend": args["backend"],
                    "rules": [{"host": domain, "http": {"paths": [path]}} for domain in args["domains"]],
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # Google takes minutes to set a load balancer up, and longer to let go of address and network.
                custom_timeouts=pulumi.CustomTimeouts(create="20m", update="20m", delete="30m"),
            ),
        )
        self.register_outputs({"redirected": self.redirected})


def _state(certificate: pulumi.CustomResource) -> pulumi.Output[str | None]:
    status: pulumi.Output[dict[str, Any] | None] = pulumi.get(certificate, "status")
    return status.apply(lambda known: (known or {}).get("certificateStatus"))
