"""What a graph costs a month, as far as the price table knows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.diff.document import Cost
from sandbox.diff.prices import Prices, Region
from sandbox.graph.change import Change
from sandbox.graph.node import Graph, Node

Bill = dict[str, float | None]
"""Dollars a month by what they are for; None: not known."""

PODS = "Pods of Autopilot, which bills what they request"
FORWARDING = "Forwarding rules"
RULES_OF_AN_INGRESS = 2
"""GKE makes one for HTTP and one for HTTPS."""


class Unpriced(Exception):  # noqa: N818 - a state, not a mistake
    """The table has no price for it."""


@dataclass(frozen=True)
class Pricing:
    """Prices applied to one graph."""

    prices: Prices
    nodes: Collection[Node]

    def bill(self) -> Bill:
        """Everything in the graph that has, or may have, a price of its own."""
        bill: Bill = {}
        for node in self.nodes:
            price = PRICED.get(node.type)
            free = node.type.startswith(self.prices.free) and node.kind != "PersistentVolumeClaim"
            if not node.managed or (price is None and free):
                continue
            try:
                bill[node.title] = self._month(price(self, node.inputs)) if price else None
            except (Unpriced, KeyError, TypeError):
                bill[node.title] = None
        if self.autopilot:
            bill[PODS] = None
        if rules := sum(map(_forwarding_rules, self.nodes)):
            further = max(rules - 5, 0) * self.prices.forwarding_rule_further
            bill[FORWARDING] = self._month(self.prices.forwarding_rules_first_five + further)
        return bill

    @property
    def autopilot(self) -> bool:
        """Whether Google decides how many nodes there are."""
        clusters = [node.inputs for node in self.nodes if node.type == "gcp:container/cluster:Cluster"]
        return any(inputs.get("enableAutopilot") for inputs in clusters)

    def _month(self, hourly: float) -> float:
        return round(hourly * self.prices.hours_per_month, 2)

    def _region(self, inputs: Mapping[str, Any]) -> Region:
        return self.prices.regions["-".join(str(inputs["location"]).split("-")[:2])]

    def cluster(self, _inputs: Mapping[str, Any]) -> float:
        return self.prices.control_plane

    def node_pool(self, inputs: Mapping[str, Any]) -> float:
        """At its smallest; pools grow with what runs on them."""
        region, config = self._region(inputs), inputs["nodeConfig"]
        machine = region.machines[config["machineType"]] * (self.prices.spot_share if config.get("spot") else 1)
        disk = region.disks[config["diskType"]] * config["diskSizeGb"] / self.prices.hours_per_month
        return _smallest(inputs) * (machine + disk)

    def gateway(self, _inputs: Mapping[str, Any]) -> float:
        if self.autopilot:
            raise Unpriced
        pools = [node.inputs for node in self.nodes if node.type == "gcp:container/nodePool:NodePool"]
        hourly = self.prices.nat_per_node * sum(map(_smallest, pools))
        return min(hourly, self.prices.nat_maximum) + self.prices.nat_address

    def address(self, inputs: Mapping[str, Any]) -> float:
        """Nothing while a forwarding rule uses it."""
        used = any(inputs["name"] in _addresses(node) for node in self.nodes)
        return 0 if used else self.prices.unused_address


PRICED: dict[str, Callable[[Pricing, Mapping[str, Any]], float]] = {
    "gcp:container/cluster:Cluster": Pricing.cluster,
    "gcp:container/nodePool:NodePool": Pricing.node_pool,
    "gcp:compute/routerNat:RouterNat": Pricing.gateway,
    "gcp:compute/globalAddress:GlobalAddress": Pricing.address,
}
"""Dollars an hour, by type."""


def _smallest(pool: Mapping[str, Any]) -> int:
    """The number of nodes that a pool has at least."""
    scaling = pool.get("autoscaling") or {}
    if "totalMinNodeCount" in scaling:
        return scaling["totalMinNodeCount"]
    # The rest counts by zone, of which a regional pool has three unless it says so.
    zones = len(pool.get("nodeLocations") or ()) or (1 if str(pool["location"]).count("-") > 1 else 3)
    count = scaling.get("minNodeCount", pool.get("nodeCount", pool.get("initialNodeCount")))
    if not isinstance(count, int):
        raise Unpriced
    return count * zones


def _addresses(node: Node) -> Collection[Any]:
    """Names of addresses that the load balancer of an Ingress or a Gateway has, among others."""
    if node.kind == "Ingress":
        return (node.inputs.get("metadata", {}).get("annotations") or {}).values()
    return [each["value"] for each in node.inputs["spec"].get("addresses") or ()] if node.kind == "Gateway" else ()


def _forwarding_rules(node: Node) -> int:
    spec = node.inputs.get("spec")
    if node.package != "kubernetes" or not isinstance(spec, dict):
        return 0
    if node.kind == "Ingress":
        return RULES_OF_AN_INGRESS if spec.get("ingressClassName") in (None, "gce") else 0
    if node.kind == "Gateway":
        return len({listener["port"] for listener in spec.get("listeners") or ()})
    return int(node.kind == "Service" and spec.get("type") == "LoadBalancer")


def cost(prices: Prices, before: Graph | None, after: Graph, changes: Collection[Change]) -> Cost:
    """The difference. What has no price is named where it changes, and is in no sum."""
    old = Pricing(prices, before.nodes).bill() if before else {}
    new = Pricing(prices, after.nodes).bill()
    titles = {node.urn: node.title for side in (before, after) if side for node in side.nodes}
    touched = {titles[change.urn] for change in changes if change.urn in titles}
    # What stands for no resource of its own changes when it comes or goes.
    touched |= {item for item in ({*old} ^ {*new}) if item == PODS}
    unpriced = {item for item in touched if None in (old.get(item, 0), new.get(item, 0))}
    known = [item for item in sorted({*old, *new}) if None not in (old.get(item, 0), new.get(item, 0))]
    sides = {item: (old.get(item) or 0.0, new.get(item) or 0.0) for item in known}
    return Cost(
        before=round(sum(one for one, _ in sides.values()), 2),
        after=round(sum(other for _, other in sides.values()), 2),
        items=tuple((item, one, other) for item, (one, other) in sides.items() if one != other),
        unknown=tuple(sorted(unpriced)),
    )
