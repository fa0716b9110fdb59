"""A pod that no node could ever take is refused; what is not known of a machine is no reason to."""

from typing import Any

import pytest

from settings.capacity import unknown
from settings.machines import GIB, allocatable
from tests.unit.settings.reports import accepted, keys, report


def amounts(cpu: str = "100m", memory: str = "128Mi", storage: str = "64Mi") -> dict[str, Any]:
    stated = {"cpu": cpu, "memory": memory, "ephemeralStorage": storage}
    return {"workload": {"requests": stated, "limits": stated}}


def pools(**machines: str) -> dict[str, Any]:
    return {"cluster": {"deletionProtection": False, "nodePools": {n: {"machineType": m} for n, m in machines.items()}}}


AUTOPILOT: dict[str, Any] = {"cluster": {"deletionProtection": False, "autopilot": True}}


def test_a_pod_larger_than_any_node_is_refused_by_each_amount() -> None:
    text = report(**amounts("6", "60Gi"))
    assert keys(text) == ["gke-webapp:workload.requests.cpu", "gke-webapp:workload.requests.memory"]
    assert "nodePools.nodes (e2-standard-2) has more than 1930m for pods" in text


@pytest.mark.parametrize(
    ("stated", "key"),
    [
        (amounts("2"), "cpu"),
        (amounts(memory="7Gi"), "memory"),
        (amounts(storage="30Gi"), "ephemeralStorage"),
    ],
)
def test_what_gke_reserves_of_a_node_is_not_there_for_pods(stated: dict[str, Any], key: str) -> None:
    assert keys(report(**stated)) == [f"gke-webapp:workload.requests.{key}"]


def test_one_pool_that_can_take_the_pod_is_enough() -> None:
    accepted(**amounts("6", "20Gi"), **pools(small="e2-standard-2", large="e2-standard-8"))


def test_of_a_machine_that_the_table_lacks_nothing_is_said() -> None:
    accepted(**amounts("60", "600Gi"), **pools(nodes="z9-standard-2"))


def test_that_a_machine_is_not_in_the_table_is_said() -> None:
    (sentence,) = unknown(accepted(**pools(nodes="z9-standard-2", other="e2-standard-2")).cluster)
    assert "z9-standard-2 is not in the table" in sentence


TAINTED: dict[str, Any] = {"nodes": {}, "batch": {"labels": {"team": "web"}, "taints": [{"key": "example.com/batch"}]}}


@pytest.mark.parametrize(
    ("workload", "key"),
    [
        ({"nodeSelector": {"team": "web"}}, "nodeSelector"),
        ({"nodeSelector": {"team": "other"}, "tolerations": [{"key": "example.com/batch"}]}, "nodeSelector"),
        (
            {"nodeSelector": {"team": "web"}, "tolerations": [{"key": "example.com/batch", "effect": "NO_EXECUTE"}]},
            "nodeSelector",
        ),
    ],
)
def test_pods_that_no_node_pool_takes_are_refused(workload: dict[str, Any], key: str) -> None:
    cluster = {"deletionProtection": False, "nodePools": TAINTED}
    assert keys(report(cluster=cluster, workload=workload)) == [f"gke-webapp:workload.{key}"]


def test_a_tainted_pool_takes_pods_that_tolerate_it() -> None:
    cluster = {"deletionProtection": False, "nodePools": TAINTED}
    tolerations = [{"key": "example.com/batch", "value": "true", "effect": "NO_SCHEDULE"}]
    accepted(cluster=cluster, workload={"nodeSelector": {"team": "web"}, "tolerations": tolerations})
    accepted(cluster=cluster, workload={"nodeSelector": {"kubernetes.io/os": "linux"}})


def test_sidecars_and_init_containers_count() -> None:
    proxy = {"image": "example.com/proxy:1", "requests": amounts("1")["workload"]["requests"]}
    limits = amounts("2")["workload"]["limits"]
    workload = {**amounts("1")["workload"], "sidecars": {"proxy": {**proxy, "limits": limits}}}
    assert keys(report(workload=workload)) == ["gke-webapp:workload.requests.cpu"]


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        (amounts(storage="20Gi"), ["requests.ephemeralStorage"]),
        (amounts("20m", "40Mi"), ["requests.cpu", "requests.memory"]),
        (amounts("100m", "1Gi"), ["requests.cpu"]),
        (amounts("2", "1Gi"), ["requests.memory"]),
        (amounts("40", "100Gi"), ["requests.cpu"]),
        (
            {"workload": {"limits": {"cpu": "1", "memory": "256Mi", "ephemeralStorage": "20Gi"}}},
            ["limits.ephemeralStorage"],
        ),
    ],
)
def test_what_autopilot_would_change_or_never_start_is_refused(stated: dict[str, Any], wrong: list[str]) -> None:
    assert keys(report(**stated, **AUTOPILOT)) == [f"gke-webapp:workload.{key}" for key in wrong]


def test_the_defaults_fit_autopilot() -> None:
    accepted(**AUTOPILOT)


@pytest.mark.parametrize(
    ("machine", "cores", "memory"),
    [("e2-standard-2", "1.93", "6.1"), ("e2-medium", "0.94", "2.9"), ("n1-standard-4", "3.92", "12.4")],
)
def test_the_reservations_are_those_that_google_documents(machine: str, cores: str, memory: str) -> None:
    node = allocatable(machine, 50)
    assert node is not None
    assert f"{node.cpu:.2f}" == f"{float(cores):.2f}"
    assert f"{node.memory / GIB:.1f}" == memory
