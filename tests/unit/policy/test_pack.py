"""The pack as the CLI's language host runs it: a process of its own, asked in Pulumi's analyzer protocol."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from tests.unit.recording import REPOSITORY, SECRET, SIGNATURE

NETWORK = "gcp:compute/network:Network"
CLUSTER = "gcp:container/cluster:Cluster"
FIREWALL = "gcp:compute/firewall:Firewall"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NOBODY = "127.0.0.1:9"
"""The address of an engine that the pack has nothing to tell."""


class Violation(NamedTuple):
    policy: str
    level: str
    message: str
    urn: str


class Pack:
    def __init__(self, channel: grpc.Channel) -> None:
        self._analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)

    def configure(self, **config: dict[str, Any]) -> None:
        """Settings by rule over the pack's own, without its levels."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy in self._analyzer.GetAnalyzerInfo(Empty()).policies:
            stated = request.policyConfig[policy.name]
            stated.enforcementLevel = policy.enforcementLevel
            stated.properties.update(config.get(policy.name, {}))
        self._analyzer.Configure(request)

    def violations(self, kind: str, properties: dict[str, Any]) -> list[Violation]:
        """What the rules of single resources have against this one."""
        request = analyzer_pb2.AnalyzeRequest(type=kind, name="one", urn=urn(kind))
        request.properties.update(properties)
        return _violations(self._analyzer.Analyze(request))

    def violations_of_stack(self, **resources: dict[str, Any]) -> list[Violation]:
        """What the rules of the whole stack have against resources, by type."""
        request = analyzer_pb2.AnalyzeStackRequest()
        for kind, properties in resources.items():
            request.resources.add(type=kind, name="one", urn=urn(kind)).properties.update(properties)
        return _violations(self._analyzer.AnalyzeStack(request))


def urn(kind: str) -> str:
    return f"urn:pulumi:dev::shop::{kind}::one"


def _violations(response: Any) -> list[Violation]:
    return [
        Violation(each.policyName, analyzer_pb2.EnforcementLevel.Name(each.enforcementLevel), each.message, each.urn)
        for each in response.diagnostics
    ]


@pytest.fixture(scope="module")
def process() -> Iterator[Pack]:
    command = [sys.executable, "-u", "-m", "pulumi.policy", NOBODY, str(REPOSITORY / "policy")]
    with subprocess.Popen(command, cwd=REPOSITORY / "policy", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield Pack(channel)
        finally:
            process.terminate()


@pytest.fixture
def pack(process: Pack) -> Pack:
    process.configure()
    return process


def test_a_violation_names_its_rule_level_reason_and_remedy(pack: Pack) -> None:
    (found,) = pack.violations(NETWORK, {"autoCreateSubnetworks": True})
    assert (found.policy, found.level) == ("network-own-subnets", "MANDATORY")
    assert "autoCreateSubnetworks is True: a subnet appears" in found.message
    assert found.message.endswith("declare the subnets.")


def test_a_violation_of_a_whole_stack_names_the_resource_too(pack: Pack) -> None:
    private = {"privateClusterConfig": {"enablePrivateNodes": True}}
    found = pack.violations_of_stack(**{NETWORK: {"autoCreateSubnetworks": False}, CLUSTER: private})
    assert [each.urn for each in found if each.policy == "network-nat"] == [urn(CLUSTER)]


def test_what_is_known_only_after_the_deployment_is_no_violation(pack: Pack) -> None:
    assert pack.violations(NETWORK, {"autoCreateSubnetworks": rpc.UNKNOWN}) == []


def test_a_resource_of_which_nothing_is_known_breaks_no_rule_of_the_stack(pack: Pack) -> None:
    """The CLI's preview tells nothing of objects in a cluster that does not exist."""
    rules = {"workload-replicas", "workload-network-policy"}
    assert not rules & {each.policy for each in pack.violations_of_stack(**{DEPLOYMENT: {}})}
    known = {"metadata": {"name": "one", "namespace": "shop"}, "spec": {"replicas": 1}}
    assert rules <= {each.policy for each in pack.violations_of_stack(**{DEPLOYMENT: known})}


def test_a_rule_looks_into_secret_values(pack: Pack) -> None:
    secret = {SIGNATURE: SECRET, "value": True}
    assert [each.policy for each in pack.violations(NETWORK, {"autoCreateSubnetworks": secret})] == [
        "network-own-subnets"
    ]


def test_the_configuration_reaches_the_rules(pack: Pack) -> None:
    open_ = {"name": "node-port", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}
    assert "network-firewall" in {each.policy for each in pack.violations(FIREWALL, open_)}
    pack.configure(**{"network-firewall": {"stated": ["node-*"]}})
    assert "network-firewall" not in {each.policy for each in pack.violations(FIREWALL, open_)}
