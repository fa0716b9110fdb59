"""Services lead to pods that serve, by the names of their ports."""

import json
from typing import Any

import pulumi
import pytest

from components.service import Service, ServiceArgs
from components.workload import Workload
from settings.service import ServiceSettings
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record

BALANCED = {"kubernetes:core/v1:Service": {"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}}}


def deployed(
    workloads: dict[str, dict[str, Any]], stated: dict[str, Any], address: str | None = None, **options: Any
) -> Recording:
    """The Service `web` in front of `workloads`."""

    def program() -> None:
        made = [
            Workload(
                name,
                {
                    "name": name,
                    "namespace": "ns",
                    "image": "example.com/web:1",
                    "workload": WorkloadSettings.model_validate_json(json.dumps(settings)),
                },
            )
            for name, settings in workloads.items()
        ]
        settings = ServiceSettings.model_validate_json(json.dumps(stated))
        args: ServiceArgs = {"name": "web", "namespace": "ns", "pods": [each.pods for each in made]}
        service = Service("s", {**args, "service": settings, "address": address})
        pulumi.CustomResource("test:index:Probe", "probe", {"told": service.address, "backend": service.backend})

    return record(program, **options)


COLOURS = {
    f"web-{colour}": {"port": 80, "portName": "http-server", "labels": {"type": "webserver", "color": colour}}
    for colour in ("blue", "green")
}


def live(colour: str) -> dict[str, Any]:
    return {"type": "LoadBalancer", "selector": {"type": "webserver", "color": colour}}


def test_switching_the_colour_changes_the_selector_alone() -> None:
    blue, green = (
        {each.urn: each.inputs for each in deployed(COLOURS, live(colour)).custom} for colour in ("blue", "green")
    )
    (changed,) = [urn for urn, inputs in blue.items() if inputs != green[urn]]
    before, after = blue[changed]["spec"], green[changed]["spec"]
    assert after.pop("selector") == {**before.pop("selector"), "color": "green"}
    assert before == after


def test_a_service_turns_only_to_pods_that_serve_and_is_gone_before_any_of_them() -> None:
    recorded = deployed(COLOURS, live("green"))
    for each in recorded.of("Deployment"):
        assert each.urn in recorded.one("Service").needs, "both colours: the next switch must find the other ready"


def test_a_load_balancer_has_the_reserved_address_and_tells_where_it_answers() -> None:
    recorded = deployed({"web": {}}, {"type": "LoadBalancer"}, "203.0.113.7", cloud=BALANCED)
    assert recorded.one("Service").inputs["spec"]["loadBalancerIP"] == "203.0.113.7"
    assert recorded.one("Probe").inputs["told"] == "203.0.113.7"
    assert recorded.one("Service").request.customTimeouts.delete == "30m"


@pytest.mark.parametrize("kind", ["ClusterIP", "NodePort"])
def test_a_service_without_a_load_balancer_has_no_address(kind: str) -> None:
    recorded = deployed({"web": {}}, {"type": kind})
    assert recorded.one("Service").inputs["spec"]["type"] == kind
    assert "told" not in recorded.one("Probe").inputs


def test_an_ingress_can_name_the_port() -> None:
    backend = deployed({"web": {"portName": "grpc"}}, {}).one("Probe").inputs["backend"]
    assert backend == {"service": {"name": "web", "port": {"name": "grpc"}}}


def test_a_service_without_pods_is_refused_by_the_label_that_is_missing() -> None:
    attempt = Recording({}, preview=False)
    with pytest.raises(pulumi.RunError, match="lack secure: enabled"):
        deployed({"web": {"labels": {"app": "web"}}}, {"selector": {"secure": "enabled"}}, recording=attempt)
    assert attempt.of("Service") == []
