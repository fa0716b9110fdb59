"""The plugin as an engine runs it: a process of its own, spoken to in Pulumi's protocol."""

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

from package.schema import FILE, NAME
from tests.unit.recording import CANARY, CLOUD, DIGEST, REPOSITORY, SECRET, SIGNATURE

CLUSTER = {
    "application": "shop",
    "environment": "dev",
    "google": {"project": "example-project", "region": "europe-west1", "zones": ["europe-west1-b"]},
    "deletionProtection": False,
}
WEB_SERVICE = {
    "name": "shop",
    "image": f"ghcr.io/example/shop@{DIGEST}",
    "domains": ["shop.example.com"],
    "registry": "ghcr.io",
    "registryUsername": "example",
    "registryToken": {SIGNATURE: SECRET, "value": CANARY},
    "port": 3000,
    "metricsPort": 9090,
    "scaling": {"minimum": 2, "maximum": 5, "cpuPercent": 60},
    "disruption": {"maxUnavailable": 1},
    "variables": {"LOG_LEVEL": "debug"},
    "secretVariables": {"API_KEY": {SIGNATURE: SECRET, "value": "a key"}},
}


class Engine(engine_pb2_grpc.EngineServicer):
    """Listens to what is logged, and keeps nothing."""

    def Log(self, request: Any, context: Any) -> Empty:  # noqa: ARG002, N802
        return Empty()


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """An engine's side: it deploys nothing and remembers every request."""

    def __init__(self) -> None:
        self.requests: list[resource_pb2.RegisterResourceRequest] = []

    def GetDeploymentInfo(self, request: Any, context: Any) -> resource_pb2.DeploymentInfo:  # noqa: ARG002, N802
        features = (resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,)
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def SupportsFeature(self, request: Any, context: Any) -> resource_pb2.SupportsFeatureResponse:  # noqa: ARG002, N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id == "secrets")

    def RegisterResource(self, request: Any, context: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: ARG002, N802
        self.requests.append(request)
        state = Struct()
        state.CopyFrom(request.object)
        state.update(CLOUD.get(request.type, {}))
        urn = f"urn:pulumi:dev::shop::{request.type}::{request.name}"
        id_ = f"{request.name}-id" if request.custom else ""
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=state)

    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:  # noqa: ARG002, N802
        """The provider that is asked for by its URN is there."""
        assert request.tok == "pulumi:pulumi:getResource"
        answer = Struct()
        answer.update({"urn": request.args["urn"], "id": "id", "state": {}})
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(answer)
        return response

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Empty:  # noqa: ARG002, N802
        return Empty()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Inputs of the resources whose type ends with `:kind`."""
        return [json_format.MessageToDict(each.object) for each in self.requests if each.type.endswith(f":{kind}")]


@contextmanager
def served(add: Callable[[grpc.Server], None]) -> Generator[str]:
    """The address of a server."""
    server = grpc.server(ThreadPoolExecutor(4))
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


class Plugin:
    """The plugin's process, and what constructs with it."""

    def __init__(self, address: str) -> None:
        self._stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(address))

    def schema(self) -> str:
        return self._stub.GetSchema(provider_pb2.GetSchemaRequest()).schema

    def construct(self, component: str, inputs: Mapping[str, Any]) -> tuple[Monitor, dict[str, Any]]:
        """What is registered, and the component's outputs. Raises grpc.RpcError."""
        monitor = Monitor()
        with served(lambda server: resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)) as address:
            request = provider_pb2.ConstructRequest(
                project="shop",
                stack="dev",
                monitorEndpoint=address,
                type=f"{NAME}:index:{component}",
                name="shop",
                providers={
                    package: f"urn:pulumi:dev::shop::pulumi:providers:{package}::{package}::id"
                    for package in ("gcp", "kubernetes")
                },
            )
            request.inputs.update(inputs)
            response = self._stub.Construct(request)
        return monitor, json_format.MessageToDict(response.state)


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    with (
        served(lambda server: engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)) as engine,
        subprocess.Popen(
            [sys.executable, "package", engine], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdout
        port = process.stdout.readline().strip()
        try:
            yield Plugin(f"127.0.0.1:{port}")
        finally:
            process.terminate()


def test_the_plugin_tells_the_schema_that_is_committed(plugin: Plugin) -> None:
    assert json.loads(plugin.schema()) == json.loads(FILE.read_text())


def test_a_web_service_is_what_the_program_of_this_repository_makes(plugin: Plugin) -> None:
    monitor, outputs = plugin.construct("WebService", WEB_SERVICE)
    kinds = {request.type.rpartition(":")[2] for request in monitor.requests if request.custom}
    assert kinds == {
        "GlobalAddress", "Namespace", "NetworkPolicy", "Secret", "ConfigMap", "Deployment", "HorizontalPodAutoscaler",
        "PodDisruptionBudget", "PodMonitoring", "Service", "BackendConfig", "FrontendConfig", "ManagedCertificate",
        "Ingress", "SSLPolicy",
    }  # fmt: skip
    assert outputs["url"] == "https://shop.example.com/"
    assert outputs["address"] == "203.0.113.10"
    assert outputs["records"] == ["shop.example.com. 300 IN A 203.0.113.10"]
    [deployment] = monitor.of("Deployment")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == WEB_SERVICE["image"]
    assert container["ports"][0]["containerPort"] == 3000
    assert deployment["spec"]["replicas"] == 2


def test_every_object_has_the_provider_that_was_handed_over(plugin: Plugin) -> None:
    monitor, _ = plugin.construct("WebService", WEB_SERVICE)
    for request in monitor.requests:
        if request.custom:
            assert f"pulumi:providers:{request.type.partition(':')[0]}::" in request.provider, request.type


def test_secrets_stay_secret(plugin: Plugin) -> None:
    monitor, outputs = plugin.construct("WebService", WEB_SERVICE)
    for secret in monitor.of("Secret"):
        assert secret["data"].get(SIGNATURE) == SECRET or all(
            value[SIGNATURE] == SECRET for value in secret["data"].values()
        )
    assert CANARY not in str(outputs)
    _, outputs = plugin.construct("Cluster", CLUSTER)
    assert outputs["kubeconfig"][SIGNATURE] == SECRET


def test_a_cluster_has_private_nodes_in_a_network_of_its_own(plugin: Plugin) -> None:
    monitor, outputs = plugin.construct("Cluster", CLUSTER)
    [cluster] = [each for each in monitor.of("Cluster") if "privateClusterConfig" in each]
    assert cluster["privateClusterConfig"]["enablePrivateNodes"] is True
    assert cluster["deletionProtection"] is False
    assert {"Network", "Subnetwork", "RouterNat", "NodePool", "Account"} <= {
        request.type.rpartition(":")[2] for request in monitor.requests if request.custom
    }
    assert outputs["name"] == "shop-dev"
    assert outputs["identifier"] == "shop-id"


def test_an_autopilot_cluster_has_no_node_pools(plugin: Plugin) -> None:
    monitor, _ = plugin.construct("Cluster", {**CLUSTER, "autopilot": True})
    assert monitor.of("NodePool") == []


def test_all_mistakes_are_told_at_once_by_the_arguments_names_and_without_a_traceback(plugin: Plugin) -> None:
    wrong = {"port": 0, "domains": ["*.example.com"], "scaling": {"maximum": 0}}
    with pytest.raises(grpc.RpcError) as refused:
        plugin.construct("WebService", {**WEB_SERVICE, **wrong})
    told = str(refused.value.details())  # pyright: ignore[reportAttributeAccessIssue]
    assert "3 mistakes" in told
    for argument in (":port = 0", ":domains[0] = ", ":scaling.maximum = 0"):
        assert f"WebService shop{argument}" in told
    assert "File " not in told


def test_a_registry_without_a_user_is_refused(plugin: Plugin) -> None:
    anonymous = {key: value for key, value in WEB_SERVICE.items() if key != "registryUsername"}
    with pytest.raises(grpc.RpcError, match="registry and registryUsername belong together"):
        plugin.construct("WebService", anonymous)


def test_names_that_no_cluster_can_have_are_refused(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError, match="Shorten or simplify application or environment"):
        plugin.construct("Cluster", {**CLUSTER, "application": "x" * 50})
