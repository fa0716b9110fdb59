"""What a change costs a month."""

from typing import Any

import pytest

from sandbox.diff.cost import PODS, cost
from sandbox.diff.prices import load
from sandbox.graph.node import Node
from tests.unit.diff.documents import change, graph, node

POOL: dict[str, Any] = {
    "location": "europe-west1-b",
    "autoscaling": {"totalMinNodeCount": 2, "totalMaxNodeCount": 9},
    "nodeConfig": {"machineType": "e2-standard-2", "diskType": "pd-balanced", "diskSizeGb": 50},
}
ADDRESS = node("gcp:compute/globalAddress:GlobalAddress", inputs={"name": "front"})


def pool(**changed: Any) -> Node:
    return node("gcp:container/nodePool:NodePool", inputs={**POOL, **changed})


def month(*nodes: Node) -> float:
    found = cost(load(), None, graph(*nodes), [change(one, "create") for one in nodes])
    assert found.unknown == ()
    return found.after


def test_a_pool_costs_its_fewest_machines_and_their_disks() -> None:
    assert month(pool()) == pytest.approx(2 * (0.0738 * 730 + 50 * 0.10), abs=0.01)


def test_spot_machines_cost_the_promised_share_and_their_disks_cost_the_same() -> None:
    spot = {**POOL["nodeConfig"], "spot": True}
    assert month(pool(nodeConfig=spot)) == pytest.approx(2 * (0.4 * 0.0738 * 730 + 50 * 0.10), abs=0.01)


def test_numbers_by_zone_count_in_every_zone() -> None:
    by_zone = {"autoscaling": {"minNodeCount": 1}, "location": "europe-west1"}
    assert month(pool(**by_zone)) == pytest.approx(1.5 * month(pool()), abs=0.01)
    assert month(pool(**by_zone, nodeLocations=["europe-west1-b"])) == pytest.approx(0.5 * month(pool()), abs=0.01)


def test_a_control_plane_a_gateway_and_forwarding_rules_have_their_prices() -> None:
    assert month(node("gcp:container/cluster:Cluster")) == 73.0
    gateway = node("gcp:compute/routerNat:RouterNat")
    assert month(gateway, pool()) - month(pool()) == pytest.approx((2 * 0.0014 + 0.005) * 730, abs=0.01)
    assert month(node("kubernetes:networking.k8s.io/v1:Ingress", inputs={"spec": {}})) == 18.25
    services = [node("kubernetes:core/v1:Service", f"s{n}", {"spec": {"type": "LoadBalancer"}}) for n in range(7)]
    assert month(*services) == pytest.approx((0.025 + 2 * 0.01) * 730)


def test_an_address_costs_only_while_no_forwarding_rule_uses_it() -> None:
    assert month(ADDRESS) == pytest.approx(7.3)
    annotations = {"kubernetes.io/ingress.global-static-ip-name": "front"}
    ingress = node(
        "kubernetes:networking.k8s.io/v1:Ingress", inputs={"spec": {}, "metadata": {"annotations": annotations}}
    )
    assert month(ADDRESS, ingress) == 18.25


def test_a_gateway_costs_a_forwarding_rule_for_each_port_and_uses_its_address() -> None:
    listeners = [{"name": "http", "port": 80}, {"name": "https", "port": 443}, {"name": "more", "port": 443}]
    spec = {"gatewayClassName": "gke-l7-global-external-managed", "listeners": listeners}
    named = {**spec, "addresses": [{"type": "NamedAddress", "value": "front"}]}
    kind = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
    assert month(node(kind, inputs={"spec": spec})) == 18.25
    assert month(ADDRESS, node(kind, inputs={"spec": named})) == 18.25


def test_of_autopilot_the_pods_and_what_its_nodes_send_are_unknown() -> None:
    cluster = node("gcp:container/cluster:Cluster", inputs={"enableAutopilot": True})
    nat = node("gcp:compute/routerNat:RouterNat")
    found = cost(load(), None, graph(cluster, nat), [change(one, "create") for one in (cluster, nat)])
    assert found.after == 73.0
    assert found.unknown == (PODS, nat.title)


@pytest.mark.parametrize(
    "unpriced",
    [
        node("gcp:sql/databaseInstance:DatabaseInstance"),
        node("kubernetes:core/v1:PersistentVolumeClaim"),
        pool(location="mars-north1-a"),
        pool(nodeConfig={**POOL["nodeConfig"], "machineType": "z9-giant-1"}),
        pool(nodeConfig={**POOL["nodeConfig"], "diskSizeGb": "[unknown]"}),
    ],
    ids=lambda unpriced: unpriced.title,
)
def test_what_has_no_price_is_named_and_in_no_sum(unpriced: Node) -> None:
    found = cost(load(), graph(ADDRESS), graph(ADDRESS, unpriced), [change(unpriced, "create")])
    assert found.unknown == (unpriced.title,)
    assert found.change == 0
    assert found.before == found.after == 7.3


def test_a_pool_that_becomes_unpriced_leaves_both_sums() -> None:
    found = cost(load(), graph(pool()), graph(pool(location="mars-north1-a")), [change(pool(), "replace")])
    assert (found.before, found.after, found.unknown) == (0, 0, (pool().title,))


def test_only_what_differs_is_listed() -> None:
    cluster = node("gcp:container/cluster:Cluster")
    more = pool(autoscaling={"totalMinNodeCount": 3})
    found = cost(load(), graph(cluster, pool()), graph(cluster, more), [change(more, "update")])
    assert [item for item, _, _ in found.items] == [more.title]
    assert found.change == pytest.approx(0.0738 * 730 + 5, abs=0.01)


def test_the_table_says_of_when_it_is_and_where_from() -> None:
    prices = load()
    assert f"{prices.date:%Y-%m-%d}" in prices.note
    assert all(source.startswith("https://cloud.google.com/") for source in prices.sources)
    assert "europe-west1" in prices.regions
