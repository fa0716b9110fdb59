"""The rules of pr12er: a gRPC server with its probes, ports, host and metrics."""

import re
from typing import Any

import pulumi
import pytest

from tests.unit.examples.systems import deployed, directory, recorded
from tests.unit.projects import ANSWERING, canaries
from tests.unit.recording import CLOUD, Recording, record_program, stack_config

SERVER = directory("pr12er") / "apps" / "server"
DOCKERFILE = (SERVER / "Dockerfile").read_text().replace("\\\n", " ")
FINAL = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
MADE = "server-pr12er-dev.dev.example.com"


@pytest.fixture
def pr12er() -> Recording:
    return deployed("pr12er")


def stated(**changes: Any) -> dict[str, Any]:
    """The key `server` of the stack file, with changes."""
    return {**stack_config("dev", directory("pr12er"))["pr12er:server"], **changes}


def refusal(stack: str = "dev", **config: Any) -> str:
    with pytest.raises(pulumi.RunError) as error:
        recorded("pr12er", stack, **config)
    return str(error.value)


def container(graph: Recording) -> dict[str, Any]:
    [only] = graph.one("Deployment").inputs["spec"]["template"]["spec"]["containers"]
    return only


def test_requests_and_limits_are_the_originals_with_mebibytes_for_millibytes(pr12er: Recording) -> None:
    resources = container(pr12er)["resources"]
    assert (resources["requests"]["cpu"], resources["requests"]["memory"]) == ("10m", "10Mi")
    assert (resources["limits"]["cpu"], resources["limits"]["memory"]) == ("1000m", "2Gi")


def test_millibytes_of_memory_are_refused_with_an_explanation() -> None:
    told = refusal(server=stated(requests={"cpu": "10m", "memory": "10m", "ephemeralStorage": "16Mi"}))
    assert 'pr12er:server.requests.memory = "10m"' in told
    assert "0.01 bytes" in told and "write 10Mi" in told
    assert "cpu" not in told, "10m of processor time is what it says"


QUESTIONS = {
    "exec": {"exec": {"command": ["/bin/grpc_health_probe", "--addr=:9000"]}},
    "grpc": {"grpc": {"port": 9000}},
}


@pytest.mark.parametrize("probes", QUESTIONS)
def test_one_key_chooses_who_asks_for_health_and_the_delays_stay(probes: str) -> None:
    server = container(recorded("pr12er", probes=probes))
    readiness, liveness = server["readinessProbe"], server["livenessProbe"]
    for probe in (readiness, liveness):
        assert {key: value for key, value in probe.items() if key in QUESTIONS} == QUESTIONS[probes]
    assert readiness["initialDelaySeconds"] == 10
    assert (liveness["initialDelaySeconds"], liveness["periodSeconds"]) == (20, 60)


def test_the_images_own_probe_asks_unless_the_stack_file_says_otherwise(pr12er: Recording) -> None:
    assert container(pr12er)["readinessProbe"].items() >= QUESTIONS["exec"].items()


def test_the_program_that_asks_is_in_the_image(pr12er: Recording) -> None:
    [program, _] = container(pr12er)["readinessProbe"]["exec"]["command"]
    assert f" {program}\n" in FINAL


@pytest.mark.parametrize("own", [{"type": "tcp"}, {"type": "exec", "command": ["true"]}, {"port": "grpc"}])
def test_what_probes_would_override_is_refused(own: dict[str, Any]) -> None:
    assert "probes says how" in refusal(server=stated(readiness=own))
    assert "probes says how" in refusal(server=stated(liveness=own))


def test_a_server_without_a_port_for_metrics_is_refused() -> None:
    assert "metricsPort" in refusal(server={key: value for key, value in stated().items() if key != "metricsPort"})
    unseen = {"deletionProtection": False, "observability": {"managedPrometheus": False}}
    assert "switch managedPrometheus on" in refusal(cluster=unseen)


@pytest.mark.parametrize(
    ("config", "host"),
    [
        ({}, MADE),
        ({"hostSuffix": "apps.example.net"}, "server-pr12er-dev.dev.apps.example.net"),
        ({"environment": "test"}, "server-pr12er-test.test.example.com"),
        ({"host": "reviews.example.com"}, "reviews.example.com"),
    ],
)
def test_a_host_is_made_of_service_namespace_and_environment_unless_one_is_stated(
    config: dict[str, Any], host: str
) -> None:
    graph = recorded("pr12er", **config)
    [rule] = graph.one("Ingress").inputs["spec"]["rules"]
    assert (rule["host"], graph.outputs["host"], graph.outputs["domains"]) == (host, host, [host])


def test_a_host_that_cannot_be_is_refused() -> None:
    assert "pr12er:host" in refusal(host="https://reviews.example.com")


def test_metrics_are_scraped_from_their_named_port_and_no_visitor_comes_there(pr12er: Recording) -> None:
    monitoring = pr12er.one("PodMonitoring").inputs["spec"]
    assert [endpoint["port"] for endpoint in monitoring["endpoints"]] == ["http-metrics"]
    [policy] = [each.inputs["spec"] for each in pr12er.of("NetworkPolicy") if each.name == "pr12er-server"]
    open_to = {
        port["port"]: [end["namespaceSelector"]["matchExpressions"][0]["values"] for end in rule["from"]]
        for rule in policy["ingress"]
        for port in rule["ports"]
    }
    assert open_to == {9000: [["ingress-nginx"]], 9093: [["gke-gmp-system", "gmp-system"]]}


@pytest.mark.parametrize(("status", "address"), [(ANSWERING, "203.0.113.30"), ({"status": {"loadBalancer": {}}}, None)])
def test_the_address_is_the_controllers_and_none_until_it_tells(status: dict[str, Any], address: str | None) -> None:
    cloud = {**CLOUD, "kubernetes:networking.k8s.io/v1:Ingress": status}
    graph = record_program(directory("pr12er"), "dev", secrets=canaries(directory("pr12er")), cloud=cloud)
    assert graph.outputs.get("address") == address


def test_the_image_runs_as_nobody_without_a_shell_and_from_locked_packages() -> None:
    assert "\nUSER 10001:10001\n" in FINAL
    assert "\nRUN " not in FINAL and "\nCMD " not in FINAL
    installs = re.findall(r"pip install .*?--requirement=(\S+)", DOCKERFILE)
    assert len(installs) == 3 == DOCKERFILE.count("--require-hashes")
    for lock in (SERVER / "requirements.txt", SERVER / "tools.txt", SERVER / "probe" / "requirements.txt"):
        entries = [each for each in re.split(r"\n(?=\S)", lock.read_text()) if not each.startswith("#")]
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
        assert "://" not in lock.read_text()


@pytest.fixture
def gateway() -> Recording:
    return deployed("pr12er", "gateway")


def by_google(**changes: Any) -> dict[str, Any]:
    """The key `server` of the stack file with a Gateway, with changes."""
    return {**stack_config("gateway", directory("pr12er"))["pr12er:server"], **changes}


def test_behind_a_gateway_everything_leads_to_the_servers_tls_port_by_http_2(gateway: Recording) -> None:
    assert gateway.of("Ingress") == []
    [port] = gateway.one("Service").inputs["spec"]["ports"]
    assert (port["targetPort"], port["appProtocol"]) == (9443, "HTTP2")
    routes = {each.name: each.inputs["spec"] for each in gateway.of("HTTPRoute")}
    assert routes["pr12er"]["hostnames"] == ["server-pr12er-gateway.gateway.example.com"]
    assert routes["pr12er"]["rules"][0]["backendRefs"] == [{"name": "server", "port": 9443}]
    assert routes["pr12er-http"]["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"


def test_the_server_serves_where_the_gateway_and_its_health_check_come(gateway: Recording) -> None:
    server = container(gateway)
    ports = {port["name"]: port["containerPort"] for port in server["ports"]}
    told = {each["name"]: each["value"] for each in server["env"]}
    assert told["PR12ER_TLS_PORT"] == str(ports["grpc-tls"])
    asked = gateway.one("HealthCheckPolicy").inputs["spec"]["default"]["config"]
    assert asked == {"type": "GRPC", "grpcHealthCheck": {"portSpecification": "USE_FIXED_PORT", "port": ports["grpc"]}}
    [policy] = [each.inputs["spec"] for each in gateway.of("NetworkPolicy") if each.name == "pr12er-server"]
    open_to_google = {
        port["port"] for rule in policy["ingress"] if "ipBlock" in rule["from"][0] for port in rule["ports"]
    }
    assert open_to_google == {ports["grpc-tls"], ports["grpc"]}


def test_the_gateway_has_a_certificate_and_a_tls_policy_and_its_address_is_the_stacks(gateway: Recording) -> None:
    assert gateway.one("CertificateMapEntry").inputs["hostname"] == gateway.outputs["host"]
    assert gateway.one("SSLPolicy").inputs["minTlsVersion"] == "TLS_1_2"
    assert gateway.outputs["address"] == CLOUD["gcp:compute/globalAddress:GlobalAddress"]["address"]
    assert gateway.outputs["dnsRecords"] == [f"{gateway.outputs['host']}. 300 IN A {gateway.outputs['address']}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"ports": {}, "traffic": {"exposure": "google", "exposedPorts": ["grpc"]}},
        {"traffic": {"exposure": "google"}},
        {"traffic": {"exposure": "google", "exposedPorts": ["grpc-tls"]}},
    ],
)
def test_behind_a_gateway_a_server_without_both_ports_is_refused(changes: dict[str, Any]) -> None:
    told = refusal("gateway", server=by_google(**changes))
    assert "pr12er:server.traffic.exposedPorts" in told and "`ports: {grpc-tls: 9443}`" in told
    assert "nothing was changed" in told


def test_behind_a_gateway_a_host_that_google_certifies_not_is_refused() -> None:
    assert "no wildcards" in refusal("gateway", host="*.example.com")


@pytest.mark.parametrize("exposure", ["anywhere", "none"])
def test_an_entrance_that_the_program_does_not_have_is_refused(exposure: str) -> None:
    assert f"no such entrance as {exposure}" in refusal(server=stated(traffic={"exposure": exposure}))
