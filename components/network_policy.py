"""Who may talk to the pods, and whom they may talk to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from settings import labels, naming
from settings.pod import PodSettings
from settings.traffic import Peer

LOAD_BALANCER = ("35.191.0.0/16", "130.211.0.0/22")
"""Where Google's load balancers and their health checks come from."""

NGINX = "ingress-nginx"
"""Namespace of ingress-nginx, by its documentation's "Installation Guide", and of whatever takes its place."""

COLLECTORS = ("gke-gmp-system", "gmp-system")
"""Namespaces of Managed Prometheus."""

DNS_PORTS = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
DNS_ADDRESSES = ("169.254.20.10/32", "169.254.169.254/32")
"""NodeLocal DNSCache, and Cloud DNS for GKE; kube-dns has pods."""

METADATA = {"169.254.169.254/32": 80, "169.254.169.252/32": 988}
"""GKE's metadata server and its ports, with and without Dataplane V2: where Workload Identity gives tokens."""

GOOGLE_APIS = {"199.36.153.8/30": 443}
"""private.googleapis.com: VPC, "Private Google Access", "Domain options". The cluster's DNS has to lead there."""

Rule = dict[str, Any]


class NetworkPolicyArgs(TypedDict):
    """All `workloads` of the namespace by name; `connections` says which of them connect to which others."""

    namespace: pulumi.Input[str]
    workloads: Mapping[str, PodSettings]
    connections: NotRequired[Mapping[str, Collection[str]]]


class NetworkPolicy(pulumi.ComponentResource):
    """Denies all traffic of a namespace but DNS, visitors by the way that a workload states, and what is named.

    One for each namespace. Raises `pulumi.RunError` for a connection of a workload that there is none of.
    """

    namespace: pulumi.Output[str]
    """Name of the namespace for its pods, known once all policies stand: no pod starts, or changes, before them."""

    def __init__(self, name: str, args: NetworkPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:network_policy:NetworkPolicy", name, None, opts)

        workloads, connections = args["workloads"], _connections(args)
        specs: dict[str, Rule] = {
            "default": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": _dns()},
        }
        for workload, settings in workloads.items():
            callers = [caller for caller, callee in connections if callee == workload]
            callees = [callee for caller, callee in connections if caller == workload]
            calls = [name for caller in callers for name in _all(caller, workloads[caller])]
            specs[workload] = {
                "podSelector": _pods([workload]),
                "policyTypes": ["Ingress"],
                "ingress": [*_ingress(settings), *(_with("from", calls, settings) for _ in calls[:1])],
            }
            egress = [*_egress(settings), *(_with("to", [callee], workloads[callee]) for callee in callees)]
            if egress:
                specs[f"{workload}-egress"] = {
                    "podSelector": _pods(_all(workload, settings)),
                    "policyTypes": ["Egress"],
                    "egress": egress,
                }
        policies = [
            pulumi.CustomResource(
                "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                # A URN has the parent's type and not its name: another namespace has policies of the same names.
                f"{name}-{policy}",
                {
                    "apiVersion": "networking.k8s.io/v1",
                    "kind": "NetworkPolicy",
                    "metadata": {"name": policy, "namespace": args["namespace"]},
                    "spec": spec,
                },
                pulumi.ResourceOptions(parent=self, delete_before_replace=True, aliases=[pulumi.Alias(name=policy)]),
            )
            for policy, spec in specs.items()
        ]

        # URNs are known in previews, too: a new policy must not make a preview of its pods unknown.
        standing = pulumi.Output.all(args["namespace"], *(policy.urn for policy in policies))
        self.namespace = standing.apply(lambda known: known[0])
        self.register_outputs({"namespace": self.namespace})


def _connections(args: NetworkPolicyArgs) -> list[tuple[str, str]]:
    """Pairs of caller and callee."""
    workloads = args["workloads"]
    pairs = [(caller, callee) for caller, callees in args.get("connections", {}).items() for callee in callees]
    if strangers := sorted({each for pair in pairs for each in pair} - workloads.keys()):
        raise pulumi.RunError(
            f"A connection is stated with {', '.join(strangers)}, and the namespace has no such workload: the policy "
            f"would deny what was meant. Name one of {', '.join(workloads)}."
        )
    return pairs


def _ingress(settings: PodSettings) -> list[Rule]:
    traffic, ports = settings.traffic, settings.all_ports
    visitors = {
        "google": [_range(block) for block in LOAD_BALANCER],
        "nginx": [_namespaces([NGINX])],
        "anywhere": [_range("0.0.0.0/0")],
        "none": [],
    }[traffic.exposure]
    exposed = [ports[name] for name in traffic.exposed_ports or (settings.port_name,)]
    collected = [settings.metrics_port] if settings.metrics_port else []
    return [
        *({"from": visitors, "ports": _tcp(exposed)} for _ in visitors[:1]),
        *({"from": [_namespaces(COLLECTORS)], "ports": _tcp([port])} for port in collected),
        *({"from": [_end(peer)], "ports": _tcp(peer.ports)} for peer in traffic.ingress),
    ]


def _dns() -> list[Rule]:
    resolvers = {"key": "k8s-app", "operator": "In", "values": ["kube-dns", "node-local-dns"]}
    pods = {**_namespaces(["kube-system"]), "podSelector": {"matchExpressions": [resolvers]}}
    return [{"to": [pods, *map(_range, DNS_ADDRESSES)], "ports": DNS_PORTS}]


def _egress(settings: PodSettings) -> list[Rule]:
    google = {**METADATA, **GOOGLE_APIS} if settings.google_roles else {}
    return [
        *({"to": [_range(block)], "ports": _tcp([port])} for block, port in google.items()),
        *({"to": [_end(peer)], "ports": _tcp(peer.ports)} for peer in settings.traffic.egress),
    ]


def _with(end: str, names: Sequence[str], callee: PodSettings) -> Rule:
    """Connections to `callee`, `from` or `to` pods of the namespace."""
    return {end: [{"podSelector": _pods(names)}], "ports": _tcp(callee.all_ports.values())}


def _all(workload: str, settings: PodSettings) -> list[str]:
    """Names of the workload's pods: those that serve, and its jobs, which connect to whatever it connects to."""
    return [workload, *(naming.job(workload, job) for job in settings.jobs)]


def _pods(names: Sequence[str]) -> Rule:
    if len(names) == 1:
        return {"matchLabels": {labels.NAME: names[0]}}
    return {"matchExpressions": [{"key": labels.NAME, "operator": "In", "values": list(names)}]}


def _end(peer: Peer) -> Rule:
    return _namespaces([peer.namespace]) if peer.namespace else _range(str(peer.range))


def _range(block: str) -> Rule:
    return {"ipBlock": {"cidr": block}}


def _namespaces(names: Sequence[str]) -> Rule:
    by_name = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(names)}
    return {"namespaceSelector": {"matchExpressions": [by_name]}}


def _tcp(ports: Iterable[int]) -> list[Rule]:
    return [{"port": port, "protocol": "TCP"} for port in ports]
