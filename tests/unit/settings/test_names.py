"""What Kubernetes, a registry or Google would refuse as a name or an amount is refused by their own rules."""

from typing import Any

import pytest

from tests.unit.settings.reports import BASE, accepted, keys, report

SHA = "a" * 64


def sidecar(image: str) -> dict[str, Any]:
    return {"workload": {"sidecars": {"proxy": {"image": image}}}}


def requests(**amounts: str) -> dict[str, Any]:
    stated = {"cpu": "100m", "memory": "128Mi", "ephemeralStorage": "64Mi", **amounts}
    return {"workload": {"requests": stated, "limits": {"cpu": "2", "memory": "2Gi", "ephemeralStorage": "1Gi"}}}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (sidecar("example.com/proxy:"), "workload.sidecars.proxy.image"),
        (sidecar("example.com/proxy:1:2"), "workload.sidecars.proxy.image"),
        (sidecar("example.com//proxy:1"), "workload.sidecars.proxy.image"),
        (sidecar("example.com/Proxy:1"), "workload.sidecars.proxy.image"),
        (sidecar("example.com:99999/proxy:1"), "workload.sidecars.proxy.image"),
        (sidecar(f"example.com/proxy:{'1' * 129}"), "workload.sidecars.proxy.image"),
        (sidecar(f"example.com/{'a' * 250}:1"), "workload.sidecars.proxy.image"),
        (sidecar("example.com/proxy@sha256:abc"), "workload.sidecars.proxy.image"),
        ({"image": {**BASE["image"], "cacheFrom": ["Example:1"]}}, "image.cacheFrom[0]"),
        ({"image": {**BASE["image"], "buildArguments": {"A B": "x"}}}, "image.buildArguments.A B"),
        (requests(cpu="0.0005"), "workload.requests.cpu"),
        (requests(cpu="-1"), "workload.requests.cpu"),
        (requests(cpu="1 core"), "workload.requests.cpu"),
        (requests(memory="128MB"), "workload.requests.memory"),
        (requests(memory="128mi"), "workload.requests.memory"),
        (requests(memory="1e2"), "workload.requests.memory"),
        ({"workload": {"labels": {"a..b/c": "d"}}}, "workload.labels.a..b/c"),
        ({"workload": {"labels": {"tier": "a" * 64}}}, "workload.labels.tier"),
        (
            {"workload": {"traffic": {"ingress": [{"namespace": "A_b", "ports": [80]}]}}},
            "workload.traffic.ingress[0].namespace",
        ),
        ({"cluster": {"existing": {"name": "projects/p/clusters/c"}}}, "cluster.existing.name"),
        ({"dns": {"zone": "example.com"}}, "dns.zone"),
        ({"network": {"nodes": "10.0.0.300/20"}}, "network.nodes"),
        ({"network": {"nodes": 5}}, "network.nodes"),
    ],
)
def test_what_their_own_rules_refuse_is_refused(changes: dict[str, Any], key: str) -> None:
    assert keys(report(**changes)) == [f"gke-webapp:{key}"]


@pytest.mark.parametrize(
    "changes",
    [
        sidecar("redis:7.4.2"),
        sidecar("localhost:5000/team/redis:7.4.2"),
        sidecar(f"Registry.example.com/team/re__dis@sha256:{SHA}"),
        sidecar(f"europe-docker.pkg.dev/project/repository/redis:7@sha256:{SHA}"),
        requests(cpu="0.25", memory="0.5Gi"),
        requests(cpu="1e-1", memory="128e6"),
        requests(cpu="1500m", memory="1G"),
        {"workload": {"labels": {"example.com/tier": "Front_End.1", "empty": ""}}},
    ],
)
def test_what_their_own_rules_accept_is_accepted(changes: dict[str, Any]) -> None:
    accepted(**changes)
