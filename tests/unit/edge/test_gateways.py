"""A Gateway is told where it is served, or why not, and let go of last."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.edge.gateway import CLASS, FINALIZER
from sandbox.edge.gateways import Gateways
from sandbox.edge.model import Backend, LoadBalancer, Manner
from sandbox.edge.objects import Event, Kind, Object, annotations
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeApi, FakeCluster

WEB = ("shop", "web")
SERVED = {WEB: LoadBalancer("g", (WEB,), "127.45.0.1", (), (), manner=Manner.GATEWAY)}
WRONG = {(Kind.GATEWAY, WEB): Event("Invalid", "no such Service", warning=True)}


class Controller:
    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.api = FakeApi(cluster)
        self.gateways = Gateways(self.api)
        cluster.add(Kind.GATEWAY, "web", spec={"gatewayClassName": CLASS}, metadata={"generation": 2})

    def look(self, served: dict[Any, LoadBalancer] | None = None, warnings: dict[Any, Event] | None = None) -> None:
        seen = {kind: dict(objects) for kind, objects in self.cluster.items()}
        self.gateways.look(seen, served or {}, warnings or {}, NOW)

    @property
    def gateway(self) -> Object:
        return self.cluster[Kind.GATEWAY][WEB]

    @property
    def conditions(self) -> dict[str, tuple[str, str]]:
        return {each["type"]: (each["status"], each["message"]) for each in self.gateway["status"]["conditions"]}


@pytest.fixture
def controller(cluster: FakeCluster) -> Controller:
    controller = Controller(cluster)
    controller.look()
    return controller


def test_the_finalizer_comes_before_anything_else(controller: Controller) -> None:
    assert controller.gateway["metadata"]["finalizers"] == [FINALIZER]
    assert "status" not in controller.gateway


def test_what_is_served_is_programmed_and_has_its_address(controller: Controller) -> None:
    controller.look(SERVED)
    assert controller.gateway["status"]["addresses"] == [{"type": "IPAddress", "value": "127.45.0.1"}]
    assert controller.conditions == {"Accepted": ("True", ""), "Programmed": ("True", "")}
    assert {each["observedGeneration"] for each in controller.gateway["status"]["conditions"]} == {2}


def test_what_is_wrong_is_told_and_goes_when_it_is_mended(controller: Controller) -> None:
    controller.look({}, WRONG)
    assert controller.conditions["Programmed"] == ("False", "no such Service")
    controller.look(SERVED)
    assert controller.conditions["Programmed"] == ("True", "")


def test_the_services_that_it_reaches_are_marked_as_in_endpoint_groups(
    controller: Controller, cluster: FakeCluster
) -> None:
    cluster.service()
    cluster.service(name="other")
    controller.look({WEB: replace(SERVED[WEB], backends=(Backend("b", WEB, "http"),))})
    marked = {where: annotations(service) for where, service in cluster[Kind.SERVICE].items()}
    assert marked == {WEB: {"cloud.google.com/neg": '{"exposed_ports":{"8000":{}}}'}, ("shop", "other"): {}}


def test_what_has_been_told_is_not_told_again(controller: Controller) -> None:
    controller.look(SERVED)
    before = len(controller.api.patches)
    controller.look(SERVED)
    assert len(controller.api.patches) == before


def test_a_deleted_gateway_is_let_go_once_it_is_not_served(controller: Controller) -> None:
    metadata = {**controller.gateway["metadata"], "deletionTimestamp": "now"}
    controller.cluster[Kind.GATEWAY][WEB] = {**controller.gateway, "metadata": metadata}
    controller.look(SERVED)
    assert WEB in controller.cluster[Kind.GATEWAY]
    controller.look()
    assert WEB not in controller.cluster[Kind.GATEWAY]


def test_a_gateway_of_another_class_is_left_alone(cluster: FakeCluster) -> None:
    controller = Controller(cluster)
    controller.cluster[Kind.GATEWAY][WEB]["spec"]["gatewayClassName"] = "istio"
    controller.look()
    assert controller.api.patches == []
