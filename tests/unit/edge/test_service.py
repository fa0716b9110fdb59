"""A Service of type LoadBalancer has an address for as long as it lives, and leaves nothing."""

from typing import Any

import pytest

from sandbox.edge.address import NGINX, Addresses, status
from sandbox.edge.events import Events, Warnings
from sandbox.edge.objects import Kind, Object
from sandbox.edge.service import FINALIZER, RESERVED_NAME, Services
from tests.unit.edge.fakes import FakeApi, FakeCluster

WEB = ("shop", "web")
GOOGLE = {
    "projects/p/regions/r/addresses/web": {
        "type": "gcp:compute/address:Address",
        "name": "web",
        "address": "127.45.0.9",
    },
    "projects/p/global/addresses/world": {
        "type": "gcp:compute/globalAddress:GlobalAddress",
        "name": "world",
        "address": "127.45.0.8",
    },
}


class Cloud:
    """The service controller on fakes."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.api = FakeApi(cluster)
        self.restart()

    def restart(self) -> None:
        self.addresses = Addresses()
        self.services = Services(self.api, Events(self.api.record), self.addresses)

    def look(self, times: int = 3) -> Warnings:
        warnings: Warnings = {}
        for _ in range(times):
            seen = {kind: dict(objects) for kind, objects in self.cluster.items()}
            self.addresses.see(seen, GOOGLE)
            warnings = self.services.look(seen)
        return warnings

    def service(self, name: str = "web", annotations: dict[str, str] | None = None, **spec: Any) -> Object:
        service = self.cluster.service(annotations, name, **({"type": "LoadBalancer"} | spec))
        service["metadata"]["finalizers"] = []
        return service

    def address(self, name: str = "web") -> list[str]:
        return list(status(self.cluster[Kind.SERVICE]["shop", name]))

    @property
    def told(self) -> list[str]:
        return [event.reason for event in self.api.events]


@pytest.fixture
def cloud(cluster: FakeCluster) -> Cloud:
    return Cloud(cluster)


def test_the_finalizer_comes_before_the_address(cloud: Cloud) -> None:
    cloud.service()
    cloud.look(1)
    assert (cloud.address(), cloud.told) == ([], ["EnsuringLoadBalancer"])
    assert cloud.cluster[Kind.SERVICE][WEB]["metadata"]["finalizers"] == [FINALIZER]
    cloud.look(1)
    assert (cloud.address(), cloud.told) == (["127.46.0.1"], ["EnsuringLoadBalancer", "EnsuredLoadBalancer"])


def test_an_address_is_nobody_elses_and_stays_over_a_restart(cloud: Cloud) -> None:
    for name in ("b", "a"):
        cloud.service(name)
    cloud.look()
    before = cloud.address("a"), cloud.address("b")
    assert before[0] != before[1]
    cloud.service("c")
    cloud.restart()
    cloud.look()
    assert (cloud.address("a"), cloud.address("b")) == before
    assert cloud.address("c") not in before
    assert [NGINX] not in (*before, cloud.address("c"))


def test_an_address_that_was_given_is_kept_until_the_status_tells_it(cloud: Cloud) -> None:
    late = cloud.service("zz")
    cloud.addresses.see(cloud.cluster, {})
    given = cloud.addresses.unreserved(late)
    early = cloud.service("aa")
    cloud.addresses.see(cloud.cluster, {})
    assert cloud.addresses.unreserved(early) != given
    assert cloud.addresses.unreserved(late) == given


@pytest.mark.parametrize(
    ("annotations", "spec"), [({RESERVED_NAME: "web"}, {}), ({}, {"loadBalancerIP": "127.45.0.9"})], ids=str
)
def test_a_reserved_regional_address_is_used(cloud: Cloud, annotations: dict[str, str], spec: dict[str, Any]) -> None:
    cloud.service(annotations=annotations, **spec)
    assert not cloud.look()
    assert cloud.address() == ["127.45.0.9"]


@pytest.mark.parametrize(
    ("annotations", "spec", "named"),
    [
        ({RESERVED_NAME: "absent"}, {}, "absent"),
        ({RESERVED_NAME: "world"}, {}, "world"),
        ({}, {"loadBalancerIP": "127.45.0.8"}, "127.45.0.8"),
    ],
    ids=str,
)
def test_an_address_that_is_not_reserved_in_the_region_is_refused(
    cloud: Cloud, annotations: dict[str, str], spec: dict[str, Any], named: str
) -> None:
    cloud.service(annotations=annotations, **spec)
    warning = cloud.look()[Kind.SERVICE, WEB]
    assert (warning.reason, warning.warning) == ("SyncLoadBalancerFailed", True)
    assert named in warning.message
    assert cloud.address() == []


def test_the_older_of_two_services_keeps_a_reserved_address(cloud: Cloud) -> None:
    for name in ("b", "a"):
        cloud.service(name, annotations={RESERVED_NAME: "web"})
    assert list(cloud.look()) == [(Kind.SERVICE, ("shop", "a"))]
    assert (cloud.address("b"), cloud.address("a")) == (["127.45.0.9"], [])


def test_a_deleted_service_is_let_go(cloud: Cloud) -> None:
    cloud.service()
    cloud.look()
    cloud.cluster[Kind.SERVICE][WEB]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    cloud.look(1)
    assert WEB not in cloud.cluster[Kind.SERVICE]
    assert cloud.told[2:] == ["DeletingLoadBalancer", "DeletedLoadBalancer"]


def test_a_service_that_changes_its_type_loses_address_and_finalizer(cloud: Cloud) -> None:
    cloud.service()
    cloud.look()
    cloud.cluster[Kind.SERVICE][WEB]["spec"]["type"] = "ClusterIP"
    cloud.look()
    assert cloud.address() == []
    assert cloud.cluster[Kind.SERVICE][WEB]["metadata"]["finalizers"] == []


@pytest.mark.parametrize("spec", [{"type": "NodePort"}, {"loadBalancerClass": "example.com/other"}], ids=str)
def test_services_that_are_not_the_clouds_are_never_touched(cloud: Cloud, spec: dict[str, Any]) -> None:
    cloud.service(**spec)
    cloud.look()
    assert (cloud.api.patches, cloud.api.events) == ([], [])


def test_a_settled_service_is_left_alone(cloud: Cloud) -> None:
    cloud.service()
    cloud.look()
    patches, events = len(cloud.api.patches), len(cloud.api.events)
    cloud.look(5)
    assert (len(cloud.api.patches), len(cloud.api.events)) == (patches, events)
