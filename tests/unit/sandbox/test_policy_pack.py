"""The pack of this repository as a process, asked as the Pulumi CLI asks it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine.property import SECRET, SIGNATURE, UNKNOWN
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError
from sandbox.policy_pack import PolicyPack
from sandbox.violation import Violation, report

PACK = Path(__file__).parents[3] / "policy"


def resource(kind: str, inputs: dict[str, Any], name: str = "one") -> Resource:
    return Resource(urn=f"urn:pulumi:dev::shop::{kind}::{name}", type=kind, inputs=inputs)


NETWORK = "gcp:compute/network:Network"
CLUSTER = "gcp:container/cluster:Cluster"
JOB = "kubernetes:batch/v1:Job"


@pytest.fixture(scope="module")
def pack() -> Iterator[PolicyPack]:
    with PolicyPack(PACK) as pack:
        yield pack


def test_a_violation_names_rule_level_resource_and_remedy(pack: PolicyPack) -> None:
    (found,) = pack.violations([resource(NETWORK, {"autoCreateSubnetworks": True})], "shop", "dev")
    assert (found.policy, found.level) == ("network-own-subnets", "mandatory")
    assert found.urn.endswith(f"{NETWORK}::one")
    assert found.message.startswith("autoCreateSubnetworks is True: a subnet appears")
    assert found.message.endswith("declare the subnets.")


def test_rules_of_the_whole_stack_name_the_resource_too(pack: PolicyPack) -> None:
    private = resource(CLUSTER, {"privateClusterConfig": {"enablePrivateNodes": True}})
    found = pack.violations([resource(NETWORK, {"autoCreateSubnetworks": False}), private], "shop", "dev")
    assert [one.urn for one in found if one.policy == "network-nat"] == [private.urn]


def test_one_process_answers_for_several_stacks(pack: PolicyPack) -> None:
    assert pack.violations([resource(NETWORK, {"autoCreateSubnetworks": False})], "shop", "prod") == []
    assert pack.violations([], "shop", "dev") == []


def test_what_only_the_deployment_will_tell_is_no_violation(pack: PolicyPack) -> None:
    found = pack.violations([resource(NETWORK, {"autoCreateSubnetworks": UNKNOWN})], "shop", "dev")
    assert found == []


def test_a_resource_of_which_nothing_is_known_yet_breaks_no_rule_of_the_stack(pack: PolicyPack) -> None:
    """That is what the Pulumi CLI's preview tells of objects in a cluster that does not exist."""
    found = pack.violations([resource("kubernetes:apps/v1:StatefulSet", {})], "shop", "dev")
    assert not [one for one in found if one.policy in ("workload-replicas", "workload-network-policy")]


def test_a_secret_is_never_told(pack: PolicyPack) -> None:
    image = {SIGNATURE: SECRET, "value": "registry.example.com/canary-0123"}
    pod = {"containers": [{"name": "job", "image": image}]}
    found = pack.violations([resource(JOB, {"spec": {"template": {"spec": pod}}})], "shop", "dev")
    assert any(one.policy == "image-digest" and "[secret]" in one.message for one in found)
    assert "canary" not in str(found)


def test_the_configuration_changes_levels_and_settings(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    firewall = {"name": "node-port", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}
    stated = {"network-own-subnets": "advisory", "network-firewall": {"stated": ["node-*"]}}
    config.write_text(json.dumps(stated))
    with PolicyPack(PACK, config) as pack:
        desired = [
            resource(NETWORK, {}),
            resource("gcp:compute/firewall:Firewall", firewall),
            resource("gcp:serviceaccount/key:Key", {}),
        ]
        found = pack.violations(desired, "shop", "dev")
    assert {one.policy: one.level for one in found} == {"network-own-subnets": "advisory", "iam-keys": "mandatory"}


def test_a_rule_that_is_configured_but_does_not_exist_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"network-firewal": "disabled"}')
    with PolicyPack(PACK, config) as pack, pytest.raises(SandboxError, match=r"no rule network-firewal.*There are:"):
        pack.violations([], "shop", "dev")


@pytest.mark.parametrize("content", ["[]", "{", '{"iam-keys": "sometimes"}', '{"iam-keys": 3}'])
def test_a_configuration_that_cannot_be_meant_is_refused(tmp_path: Path, content: str) -> None:
    config = tmp_path / "config.json"
    config.write_text(content)
    with pytest.raises(SandboxError, match="o policy was checked"), PolicyPack(PACK, config):
        pass


def test_a_directory_without_a_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"PulumiPolicy\.yaml cannot be read"), PolicyPack(tmp_path):
        pass


def test_a_pack_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("name: broken\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("raise ValueError('no such rule')")
    with PolicyPack(tmp_path) as pack, pytest.raises(SandboxError, match="ValueError: no such rule"):
        pack.violations([], "shop", "dev")


def test_the_report_counts_and_begins_with_what_is_mandatory() -> None:
    found = [
        Violation("b", "advisory", "B.", "b is 1: bad. Do it."),
        Violation("a", "mandatory", "A.", "a is 2: worse. Stop it.", "urn:pulumi:dev::shop::gcp:x:Y::one"),
    ]
    _, heading, first, *_ = [line.plain for line in report(found)]
    assert heading == "Policies: 1 mandatory and 1 advisory violations"
    assert first == "  [mandatory] a  gcp:x:Y one"


def test_the_pulumi_cli_gets_the_pack_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started in another directory."""
    monkeypatch.chdir(tmp_path)
    assert PolicyPack(Path("policy"), Path("strict.json")).arguments == [
        *("--policy-pack", str(tmp_path / "policy")),
        *("--policy-pack-config", str(tmp_path / "strict.json")),
    ]
