"""What a killed run left is found in the state, and the state is put right."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from operations import recover
from operations.deployment import with_created
from operations.error import OperationError
from operations.lock import Lock, locks
from operations.pulumi_cli import Deployment, PulumiCli, Resource
from operations.recover import outcomes

ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
ID = "projects/p/global/addresses/web"
PROVIDER = {"urn": "urn:pulumi:dev::demo::pulumi:providers:gcp::g", "type": "pulumi:providers:gcp", "id": "1"}


def resource(kind: str = ADDRESS, name: str = "web", **properties: Any) -> Resource:
    inputs = {"name": "web", "project": "p"}
    return {"urn": f"urn:pulumi:dev::demo::{kind}::{name}", "type": kind, "custom": True, "inputs": inputs} | properties


def pending(*creating: Resource, resources: Sequence[Resource] = ()) -> Deployment:
    return {
        "resources": [PROVIDER, *resources],
        "pending_operations": [{"type": "creating", "resource": each} for each in creating],
    }


@pytest.fixture
def existing(monkeypatch: pytest.MonkeyPatch) -> list[Resource]:
    """What the providers read back."""
    found: list[Resource] = []

    def read_back(_pulumi: PulumiCli, _deployment: Deployment, candidates: Sequence[Resource]) -> list[Resource]:
        return [each for each in found if each["urn"] in {candidate["urn"] for candidate in candidates}]

    monkeypatch.setattr(recover, "read_back", read_back)
    return found


def found(deployment: Deployment, **ids: str) -> list[str]:
    return [each.found for each in outcomes(PulumiCli(Path(), "dev"), deployment, ids)]


def test_what_exists_is_taken_and_what_does_not_is_left_to_up(existing: list[Resource]) -> None:
    absent = resource(name="other")
    existing.append(resource(id=ID))
    assert found(pending(resource(), absent)) == [
        f"{ID} does not exist, `up` creates it",
        f"{ID} exists and is taken into the state",
    ]


def test_what_the_state_has_already_is_not_taken_twice(existing: list[Resource]) -> None:
    created = resource(id=ID)
    existing.append(created)
    assert found(pending(resource(), resources=[created])) == [f"{ID} exists and is in the state already"]
    replaced = created | {"pendingReplacement": True}
    assert found(pending(resource(), resources=[replaced])) == [f"{ID} exists and is taken into the state"]


@pytest.mark.parametrize(("manager", "taken"), [("pulumi-kubernetes-1a2b", True), ("kubectl", False)])
def test_an_object_that_pulumi_did_not_make_is_left_alone(existing: list[Resource], manager: str, taken: bool) -> None:
    kind, metadata = "kubernetes:core/v1:Service", {"name": "web", "namespace": "dev"}
    managed = {"metadata": {**metadata, "managedFields": [{"manager": manager}]}}
    existing.append(resource(kind, id="dev/web", outputs=managed))
    (outcome,) = outcomes(PulumiCli(Path(), "dev"), pending(resource(kind, inputs={"metadata": metadata})), {})
    assert bool(outcome.created) is taken
    assert ("left alone" in outcome.found) is not taken


def test_an_attempt_that_was_repeated_after_an_earlier_kill_counts_once(existing: list[Resource]) -> None:
    existing.append(resource(id=ID))
    assert found(pending(resource(), resource())) == [f"{ID} exists and is taken into the state"]


def test_two_attempts_under_generated_names_are_both_taken_and_the_earlier_one_is_to_be_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read_back(_pulumi: PulumiCli, _deployment: Deployment, candidates: Sequence[Resource]) -> Sequence[Resource]:
        assert len(candidates) == 1, "a stack has no two resources of one URN"
        return candidates

    monkeypatch.setattr(recover, "read_back", read_back)
    last, first = (resource(inputs={"name": name, "project": "p"}) for name in ("web-2", "web-1"))
    created = [each.created for each in outcomes(PulumiCli(Path(), "dev"), pending(last, first), {}) if each.created]
    result = with_created({}, created)["resources"]
    assert [(each["id"].rpartition("/")[2], each.get("delete")) for each in result] == [
        ("web-2", None),
        ("web-1", True),
    ]


def test_an_image_is_made_again(existing: list[Resource]) -> None:
    assert not existing
    assert found(pending(resource("docker:index/image:Image"))) == ["exists in no cloud, `up` makes it again"]


def test_all_whose_id_cannot_be_concluded_are_named_before_anything_is_changed(existing: list[Resource]) -> None:
    second, first = (resource("gcp:pubsub/topic:Topic", name) for name in ("second", "first"))
    deployment = pending(second, first)
    with pytest.raises(OperationError, match=rf"(?s){first['urn']}.*{second['urn']}.*--id 'URN=ID'"):
        found(deployment)
    existing.append(first | {"id": "projects/p/topics/first"})
    assert found(deployment, **{first["urn"]: "projects/p/topics/first", second["urn"]: recover.ABSENT}) == [
        "projects/p/topics/first exists and is taken into the state",
        "exists in no cloud, `up` makes it again",
    ]


def test_other_operations_are_left_to_the_refresh(existing: list[Resource]) -> None:
    assert not existing
    deployment = {"pending_operations": [{"type": "updating", "resource": resource(id=ID)}]}
    assert found(deployment) == ["the refresh finds out how far it got"]


def test_a_created_resource_comes_last_and_nothing_is_pending_any_more() -> None:
    created = resource(id=ID)
    assert with_created(pending(resource()), [created]) == {"resources": [PROVIDER, created]}


def test_a_replacement_comes_before_its_predecessor_which_is_to_be_deleted() -> None:
    old, dependent, new = resource(id="old"), resource(name="dependent", id="d"), resource(id="new")
    result = with_created(pending(resource(), resources=[old, dependent]), [new])
    assert result["resources"] == [PROVIDER, new, {**old, "delete": True}, dependent]


def test_a_replacement_takes_the_place_of_the_mark_that_waits_for_it() -> None:
    old, new = resource(id=ID, pendingReplacement=True), resource(id=ID)
    assert with_created(pending(resource(), resources=[old]), [new])["resources"] == [PROVIDER, new]


def test_locks_are_those_of_the_stack(tmp_path: Path) -> None:
    text = '{"pid": 1, "username": "me", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}'
    for place in ("organization/demo/dev/1.json", "organization/demo/prod/2.json", "organization/other/dev/3.json"):
        path = tmp_path / ".pulumi" / "locks" / place
        path.parent.mkdir(parents=True)
        path.write_text(text)
    (lock,) = locks(f"file://{tmp_path}?no_tmp_dir=true", "demo", "dev")
    assert lock.path.name == "1.json"
    assert not lock.abandoned, "who is on another machine may be at work"


def test_a_lock_is_abandoned_once_its_process_is_gone() -> None:
    def lock(process: int) -> Lock:
        return Lock(Path("1.json"), process, "me", socket.gethostname(), "2026-01-01T00:00:00Z")

    assert not lock(os.getpid()).abandoned
    ended = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.DEVNULL)
    # It has ended, and nobody has waited for it.
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert lock(ended.pid).abandoned
    ended.wait()
    assert lock(ended.pid).abandoned
