"""Who may talk to the pods, and whom they may talk to."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

from components.pod import NAME_LABEL
from settings.traffic import Peer
from settings.workload import WorkloadSettings

LOAD_BALANCER = ("35.191.0.0/16", "130.211.0.0/22")
"""Where Google's load balancers and their health checks come from."""

COLLECTORS = ("gke-gmp-system", "gmp-system")
"""Namespaces of Managed Prometheus."""

DNS_PORTS = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
DNS_ADDRESSES = ("169.254.20.10/32", "169.254.169.254/32")
"""NodeLocal DNSCache, and Cloud DNS for GKE; kube-dns has pods."""

METADATA = {"169.254.169.254/32": 80, "169.254.169.252/32": 988}
"""GKE's metadata server and its ports, with and without Dataplane V2: where Workload Identity gives tokens."""


class NetworkPolicyArgs(TypedDict):
    """`name` is the label of the pods that serve."""

    name: str
    namespace: pulumi.Input[str]
    workload: WorkloadSettings


class NetworkPolicy(pulumi.ComponentResource):
    """Denies all traffic of a namespace but DNS, the load balancer's to the pods that serve, and what settings name."""

    def __init__(self, name: str, args: NetworkPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:network_policy:NetworkPolicy", name, None, opts)

        settings = args["workload"]
        specs = {
            "default": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": _egress(settings)},
            args["name"]: {
                "podSelector": {"matchLabels": {NAME_LABEL: args["name"]}},
                "policyTypes": ["Ingress"],
                "ingress": _ingress(settings),
            },
        }
        for policy, spec in specs.items():
            pulumi.CustomResource(
                "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                policy,
                {
                    "apiVersion": "networking.k8s.io/v1",
                    "kind": "NetworkPolicy",
                    "metadata": {"name": policy, "namespace": args["namespace"]},
                    "spec": spec,
                },
                pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )
        self.register_outputs({})


def _ingress(settings: WorkloadSettings) -> list[dict[str, Any]]:
    collected = [settings.metrics_port] if settings.metrics_port else []
    return [
        {"from": [_range(block) for block in LOAD_BALANCER], "ports": _tcp([settings.port])},
        *({"from": [_namespaces(COLLECTORS)], "ports": _tcp([port])} for port in collected),
        *({"from": [_end(peer)], "ports": _tcp(peer.ports)} for peer in settings.traffic.ingress),
    ]


def _egress(settings: WorkloadSettings) -> list[dict[str, Any]]:
    resolvers = {"key": "k8s-app", "operator": "In", "values": ["kube-dns", "node-local-dns"]}
    dns = [
        {**_namespaces(["kube-system"]), "podSelector": {"matchExpressions": [resolvers]}},
        *map(_range, DNS_ADDRESSES),
    ]
    metadata = METADATA.items() if settings.google_roles else ()
    return [
        {"to": dns, "ports": DNS_PORTS},
        *({"to": [_range(block)], "ports": _tcp([port])} for block, port in metadata),
        *({"to": [_end(peer)], "ports": _tcp(peer.ports)} for peer in settings.traffic.egress),
    ]


def _end(peer: Peer) -> dict[str, Any]:
    return _namespaces([peer.namespace]) if peer.namespace else _range(str(peer.range))


def _range(block: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": block}}


def _namespaces(names: Sequence[str]) -> dict[str, Any]:
    by_name = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(names)}
    return {"namespaceSelector": {"matchExpressions": [by_name]}}


def _tcp(ports: Sequence[int]) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]
