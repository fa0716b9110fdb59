"""Behind a Gateway, pods are asked and treated as behind an Ingress."""

from typing import Any

import pulumi

from components.backend import Backend
from components.gateway_backend import GatewayBackend, GatewayBackendArgs
from settings.backend import BackendSettings
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record

Kind = type[Backend] | type[GatewayBackend]


def deployed(kind: Kind = GatewayBackend, **treatment: Any) -> Recording:
    args: GatewayBackendArgs = {
        "name": "app",
        "namespace": "space",
        "selector": {"app": "app"},
        "workload": WorkloadSettings.model_validate({"healthPath": "/healthy", "port": 8080, "drainSeconds": 7}),
        "treatment": BackendSettings.model_validate(treatment),
    }
    return record(lambda: kind("b", args))


GRPC: GatewayBackendArgs = {
    "name": "server",
    "namespace": "space",
    "selector": {"app": "server"},
    "workload": WorkloadSettings.model_validate({"port": 9000, "portName": "grpc", "ports": {"grpc-tls": 9443}}),
    "treatment": BackendSettings(),
    "port_name": "grpc-tls",
    "app_protocol": "HTTP2",
    "health": "GRPC",
}


def default(recorded: Recording, kind: str) -> dict[str, Any]:
    return recorded.one(kind).inputs["spec"]["default"]


def test_the_gateway_finds_the_service_by_name_and_number() -> None:
    backends: list[GatewayBackend] = []

    def program() -> None:
        backends.append(GatewayBackend("b", GRPC))
        pulumi.export("name", backends[0].name)

    recorded = record(program)
    service = recorded.one("Service").inputs
    assert recorded.outputs["name"] == service["metadata"]["name"]
    assert [port["port"] for port in service["spec"]["ports"]] == [backends[0].port]


def test_requests_may_go_to_another_port_than_the_main_one_in_another_protocol() -> None:
    (port,) = record(lambda: GatewayBackend("b", GRPC)).one("Service").inputs["spec"]["ports"]
    assert port == {"name": "grpc-tls", "port": 9443, "targetPort": 9443, "protocol": "TCP", "appProtocol": "HTTP2"}
    (plain,) = deployed().one("Service").inputs["spec"]["ports"]
    assert "appProtocol" not in plain


def test_a_grpc_server_is_asked_by_its_own_protocol_at_its_main_port() -> None:
    asked = {"portSpecification": "USE_FIXED_PORT", "port": 9000}
    recorded = record(lambda: GatewayBackend("b", GRPC))
    assert default(recorded, "HealthCheckPolicy")["config"] == {"type": "GRPC", "grpcHealthCheck": asked}


def test_health_check_and_draining_are_those_behind_an_ingress() -> None:
    ingress, gateway = deployed(Backend).one("BackendConfig").inputs["spec"], deployed()
    health = default(gateway, "HealthCheckPolicy")
    asked = health.pop("config")["httpHealthCheck"]
    assert {**health, "type": "HTTP", "port": asked["port"], "requestPath": asked["requestPath"]} == ingress[
        "healthCheck"
    ]
    assert default(gateway, "GCPBackendPolicy") == {"connectionDraining": ingress["connectionDraining"]}


def test_policies_are_those_of_the_service_and_there_as_long_as_it() -> None:
    recorded = deployed()
    service = recorded.one("Service")
    for kind in ("HealthCheckPolicy", "GCPBackendPolicy"):
        policy = recorded.one(kind)
        target = policy.inputs["spec"]["targetRef"]
        assert target == {"group": "", "kind": "Service", "name": service.inputs["metadata"]["name"]}
        assert service.urn in recorded.deleted_before(policy)
