"""The load balancer reaches pods directly and checks what they answer."""

import json

from components.backend import Backend
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record


def deployed() -> Recording:
    workload = WorkloadSettings.model_validate({"healthPath": "/healthy", "port": 8080, "drainSeconds": 7})
    return record(
        lambda: Backend("b", {"name": "app", "namespace": "space", "selector": {"app": "app"}, "workload": workload})
    )


def test_the_service_is_a_node_port_with_an_endpoint_group() -> None:
    service = deployed().one("Service").inputs
    assert service["spec"]["type"] == "NodePort"
    assert json.loads(service["metadata"]["annotations"]["cloud.google.com/neg"]) == {"ingress": True}


def test_the_health_check_and_draining_follow_the_workload() -> None:
    spec = deployed().one("BackendConfig").inputs["spec"]
    assert (spec["healthCheck"]["requestPath"], spec["healthCheck"]["port"]) == ("/healthy", 8080)
    assert spec["connectionDraining"] == {"drainingTimeoutSec": 7}


def test_the_service_names_its_backend_config_and_needs_it() -> None:
    backend = deployed()
    service, config = backend.one("Service"), backend.one("BackendConfig")
    named = json.loads(service.inputs["metadata"]["annotations"]["cloud.google.com/backend-config"])
    assert named == {"default": config.inputs["metadata"]["name"]}
    assert config.urn in service.needs
