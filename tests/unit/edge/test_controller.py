"""The cluster is told what is served, in the order that GKE keeps."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.edge.address import NGINX
from sandbox.edge.certificates import PROVISIONING
from sandbox.edge.controller import Controller
from sandbox.edge.gce import FINALIZER
from sandbox.edge.keyring import Keyring
from sandbox.edge.objects import Kind, Object
from sandbox.google import Google
from sandbox.home import Home
from tests.unit.edge.fakes import FakeApi, FakeCluster, FakeProxy

WEB = ("shop", "web")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class UnsignedKeyring(Keyring):
    """Issues empty files."""

    def _signed(self, domains: list[str], now: datetime, expires: datetime) -> bytes:
        assert domains
        assert now < expires
        return b""


class Edge:
    """A controller on fakes."""

    def __init__(self, cluster: FakeCluster, home: Home) -> None:
        self.cluster = cluster
        self.api = FakeApi(cluster)
        self.proxy = FakeProxy()
        self.controller = Controller(self.api, self.proxy, UnsignedKeyring(home), Google(home))
        self.now = NOW

    def look(self, times: int = 1, after: timedelta = timedelta()) -> None:
        self.now += after
        for _ in range(times):
            self.controller.look({kind: dict(objects) for kind, objects in self.cluster.items()}, self.now)

    @property
    def ingress(self) -> Object:
        return self.cluster[Kind.INGRESS][WEB]

    @property
    def address(self) -> list[dict[str, str]]:
        return self.ingress.get("status", {}).get("loadBalancer", {}).get("ingress", [])

    @property
    def annotations(self) -> dict[str, str]:
        return self.ingress["metadata"]["annotations"]

    def messages(self, reason: str) -> list[str]:
        return [event.message for event in self.api.events if event.reason == reason]


@pytest.fixture
def edge(cluster: FakeCluster, home: Home) -> Edge:
    cluster.service()
    cluster.ingress()["metadata"]["finalizers"] = ["example.com/other"]
    return Edge(cluster, home)


def test_the_finalizer_comes_before_anything_is_served(edge: Edge) -> None:
    edge.look()
    assert edge.ingress["metadata"]["finalizers"] == ["example.com/other", FINALIZER]
    assert edge.proxy.serving == ()
    edge.look()
    assert [balancer.ingresses for balancer in edge.proxy.serving or ()] == [(WEB,)]


def test_the_address_is_told_once_it_is_served(edge: Edge) -> None:
    edge.look(2)
    assert edge.address == [{"ip": "127.46.0.1"}]
    assert edge.messages("IPChanged") == ["IP is now 127.46.0.1"]


def test_a_settled_cluster_is_left_alone(edge: Edge) -> None:
    edge.look(3)
    patches, events = len(edge.api.patches), len(edge.api.events)
    edge.look(5, after=timedelta(minutes=1))
    assert (len(edge.api.patches), len(edge.api.events)) == (patches, events)


def test_the_finalizer_goes_only_when_the_edge_has_let_go(edge: Edge) -> None:
    edge.look(3)
    edge.ingress["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    edge.proxy.stuck = True
    edge.look(3)
    assert FINALIZER in edge.ingress["metadata"]["finalizers"], "the load balancer still serves it"
    edge.proxy.stuck = False
    edge.look()
    assert edge.ingress["metadata"]["finalizers"] == ["example.com/other"]


def test_an_ingress_deleted_while_nobody_looked_is_let_go(cluster: FakeCluster, home: Home) -> None:
    cluster.service()
    cluster.ingress()["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    Edge(cluster, home).look()
    assert WEB not in cluster[Kind.INGRESS]


def test_an_ingress_that_changes_its_class_loses_address_and_finalizer(edge: Edge) -> None:
    edge.look(3)
    edge.annotations["kubernetes.io/ingress.class"] = "other"
    edge.look(2)
    assert edge.address == []
    assert edge.ingress["metadata"]["finalizers"] == ["example.com/other"]


def test_ingresses_of_other_classes_are_never_touched(cluster: FakeCluster, home: Home) -> None:
    cluster.ingress(annotations={"kubernetes.io/ingress.class": "other"})["metadata"]["finalizers"] = []
    edge = Edge(cluster, home)
    edge.look(3)
    assert (edge.api.patches, edge.api.events) == ([], [])


def test_an_ingress_of_class_nginx_has_the_address_of_its_class_and_no_finalizer(edge: Edge) -> None:
    edge.annotations["kubernetes.io/ingress.class"] = "nginx"
    edge.look(3)
    assert edge.address == [{"ip": NGINX}]
    assert edge.ingress["metadata"]["finalizers"] == ["example.com/other"]
    assert edge.messages("Sync") == ["Scheduled for sync"]


def test_an_ingress_may_change_its_class_forth_and_back(edge: Edge) -> None:
    edge.look(3)
    edge.annotations["kubernetes.io/ingress.class"] = "nginx"
    edge.look(4)
    assert edge.address == [{"ip": NGINX}]
    assert FINALIZER not in edge.ingress["metadata"]["finalizers"]
    edge.annotations["kubernetes.io/ingress.class"] = "gce"
    edge.look(3)
    assert edge.address == [{"ip": "127.46.0.1"}]


def test_a_taken_port_of_class_nginx_is_no_failure_of_google(edge: Edge) -> None:
    edge.annotations["kubernetes.io/ingress.class"] = "nginx"
    edge.proxy.taken = {NGINX}
    edge.look(3)
    assert edge.messages("Sync") == [f"Error reloading NGINX: {NGINX}:80 is held by caddy"]


def test_a_warning_is_told_once_while_it_lasts_and_again_when_it_is_back(edge: Edge) -> None:
    service = edge.cluster[Kind.SERVICE].pop(WEB)
    edge.look(5)
    assert len(edge.messages("Translate")) == 1
    assert edge.address == []
    edge.cluster[Kind.SERVICE][WEB] = service
    edge.look(2)
    assert edge.address
    del edge.cluster[Kind.SERVICE][WEB]
    edge.look(3)
    assert len(edge.messages("Translate")) == 2


def test_a_defect_is_logged_once_with_its_traceback(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    edge.cluster.ingress("broken", defaultBackend={"service": {}})
    edge.look(5)
    (logged,) = caplog.records
    assert logged.getMessage() == "Ingress shop/broken cannot be served"
    assert logged.exc_info
    assert edge.address, "the other Ingress is served"


def test_a_taken_port_is_named_and_no_address_told(edge: Edge) -> None:
    edge.proxy.taken = {"127.46.0.1"}
    edge.look(3)
    assert edge.messages("Sync") == [
        "Scheduled for sync",
        "Error syncing to GCP: 127.46.0.1:80 is held by caddy",
    ]
    assert edge.address == []


def certified(edge: Edge) -> Edge:
    edge.cluster.certificate()
    edge.annotations["networking.gke.io/managed-certificates"] = "web"
    return edge


def state(edge: Edge, name: str = "web") -> Any:
    return edge.cluster[Kind.MANAGED_CERTIFICATE]["shop", name].get("status", {}).get("certificateStatus")


def test_a_certificate_is_provisioned_while_its_ingress_has_an_address(edge: Edge) -> None:
    certified(edge).look(3)
    assert state(edge) == "Provisioning"
    edge.look(3, after=PROVISIONING)
    assert state(edge) == "Active"


def test_a_certificate_that_no_ingress_names_stays_provisioning(edge: Edge) -> None:
    edge.cluster.certificate()
    edge.look(3)
    edge.look(3, after=PROVISIONING * 10)
    assert state(edge) == "Provisioning"


def test_https_serves_before_the_certificate_says_active(edge: Edge) -> None:
    certified(edge).look(3)
    edge.proxy.stuck = True
    edge.look(3, after=PROVISIONING)
    assert state(edge) == "Provisioning"
    edge.proxy.stuck = False
    edge.look()
    assert state(edge) == "Active"


def test_an_added_certificate_leaves_the_first_one_serving(edge: Edge) -> None:
    certified(edge).look(3)
    edge.look(3, after=PROVISIONING)
    edge.cluster.certificate("second", ("second.example.com",))
    edge.annotations["networking.gke.io/managed-certificates"] = "web,second"
    edge.look(3)
    assert (state(edge), state(edge, "second")) == ("Active", "Provisioning")
    assert [len(balancer.certificates) for balancer in edge.proxy.serving or ()] == [1]
    edge.look(3, after=PROVISIONING)
    assert [len(balancer.certificates) for balancer in edge.proxy.serving or ()] == [2]
    assert (state(edge), state(edge, "second")) == ("Active", "Active")


def test_a_file_that_is_served_is_never_removed(edge: Edge) -> None:
    certified(edge).look(3)
    edge.look(3, after=PROVISIONING)
    del edge.cluster[Kind.MANAGED_CERTIFICATE][WEB]
    edge.look(3)
    assert all(Path(file).exists() for balancer in edge.proxy.serving or () for file in balancer.certificates)
    assert edge.messages("MissingCertificate") == ["ManagedCertificate shop:web missing"]


def test_the_annotations_are_those_of_gke_and_follow_https(edge: Edge) -> None:
    certified(edge).look(3)
    prefix = "ingress.kubernetes.io/"
    assert edge.annotations[f"{prefix}forwarding-rule"].startswith("k8s2-fr-")
    assert f"{prefix}https-forwarding-rule" not in edge.annotations
    assert edge.annotations["ingress.gcp.kubernetes.io/pre-shared-cert"].startswith("mcrt-")
    edge.look(3, after=PROVISIONING)
    assert edge.annotations[f"{prefix}https-forwarding-rule"].startswith("k8s2-fs-")
