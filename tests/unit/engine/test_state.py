"""The state file is whole or refused, and says nothing new when nothing changed."""

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from tests.unit.engine.cloud import Cloud, Stack, ops
from tests.unit.engine.kill import Kill, limited

PROGRAM = """
    a = Thing("a", value=pulumi.Output.secret("x"))
    Thing("b", value=a.token)
    pulumi.export("out", a.token)
"""


def test_the_file_is_a_deployment_of_version_3_for_its_owner_only(stack: Stack) -> None:
    stack.up(PROGRAM)
    document = json.loads(stack.state.read_text())
    assert document["version"] == 3
    assert set(document["deployment"]) == {
        "manifest",
        "secrets_providers",
        "resources",
        "pending_operations",
    }
    assert stat.S_IMODE(stack.state.stat().st_mode) == 0o600
    urns = [entry["urn"] for entry in document["deployment"]["resources"]]
    assert "urn:pulumi:test::project::fake:index:Thing::a" in urns
    b = stack.resources()["b"]
    assert b["dependencies"] == ["urn:pulumi:test::project::fake:index:Thing::a"]
    assert b["propertyDependencies"] == {"value": b["dependencies"]}
    assert b["created"].endswith("Z")


def test_an_unchanged_up_does_not_touch_a_file(stack: Stack) -> None:
    stack.up(PROGRAM)
    before = {path: (path.stat(), path.read_bytes()) for path in stack.state.parent.iterdir()}
    result = stack.up(PROGRAM)
    assert not result.changed
    assert {path: (path.stat(), path.read_bytes()) for path in stack.state.parent.iterdir()} == before


def test_secrets_of_another_provider_are_refused(stack: Stack) -> None:
    stack.up(PROGRAM)
    stack.state.write_text(stack.state.read_text().replace('"type": "passphrase"', '"type": "service"'))
    with pytest.raises(SandboxError, match="encrypted by 'service'"):
        stack.destroy()


def test_a_state_that_uses_a_feature_of_version_4_says_so_and_is_read_again(stack: Stack) -> None:
    program = PROGRAM + '    Thing("c", value="1", opts=ResourceOptions(replace_with=[a]))\n'
    stack.up(program)
    document = json.loads(stack.state.read_text())
    assert (document["version"], document["features"]) == (4, ["replaceWith"])
    assert not stack.preview(program).changed
    stack.up(PROGRAM)
    assert json.loads(stack.state.read_text())["version"] == 3


def test_a_feature_that_is_not_implemented_is_refused_by_name(stack: Stack) -> None:
    stack.up(PROGRAM)
    content = stack.state.read_text().replace('"version": 3', '"version": 4, "features": ["replaceWith", "hooks"]', 1)
    stack.state.write_text(content)
    with pytest.raises(SandboxError, match="uses hooks, which the sandbox's engine does not implement"):
        stack.destroy()
    assert stack.state.read_text() == content


def test_fields_that_the_engine_does_not_use_are_kept(stack: Stack) -> None:
    stack.up(PROGRAM)
    document = json.loads(stack.state.read_text())
    for entry in document["deployment"]["resources"]:
        entry["sourcePosition"] = "project:///__main__.py#1"
    document["deployment"]["metadata"] = {"kept": True}
    stack.state.write_text(json.dumps(document))
    stack.up(PROGRAM.replace('"x"', '"y"'))
    assert stack.resources()["a"]["sourcePosition"] == "project:///__main__.py#1"
    assert json.loads(stack.state.read_text())["deployment"]["metadata"] == {"kept": True}


def damaged(stack: Stack, how: str) -> None:
    content = stack.state.read_text()
    document = json.loads(content)
    resources = document["deployment"]["resources"]
    match how:
        case "truncated":
            stack.state.write_text(content[: len(content) // 2])
        case "empty":
            stack.state.write_text("")
        case "another format":
            stack.state.write_text(content.replace('"version": 3', '"version": 5'))
        case "a resource missing":
            document["deployment"]["resources"] = [one for one in resources if one["id"] != "a"]
        case "a resource twice":
            resources.append(resources[-1])
        case "a secret changed":
            a = next(one for one in resources if one.get("id") == "a")
            a["inputs"]["value"]["ciphertext"] = a["inputs"]["value"]["ciphertext"][:-8] + "AAAAAAA="
        case _:
            raise AssertionError(how)
    if how.startswith("a ") and how != "another format":
        for entry in resources:
            entry.setdefault("id", "")
        stack.state.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "how",
    ["truncated", "empty", "another format", "a resource missing", "a resource twice", "a secret changed"],
)
def test_a_damaged_file_is_refused_with_the_path_of_the_last_good_copy(stack: Stack, cloud: Cloud, how: str) -> None:
    stack.up(PROGRAM)
    stack.up(PROGRAM.replace('"x"', '"y"'))
    document = json.loads(stack.state.read_text())
    for entry in document["deployment"]["resources"]:
        entry.setdefault("id", "")
    stack.state.write_text(json.dumps(document, indent=4))
    damaged(stack, how)
    content = stack.state.read_bytes()
    with pytest.raises(SandboxError) as refused:
        stack.destroy()
    if how != "a secret changed":
        assert f"{stack.state} is damaged" in str(refused.value)
        assert f"The last good copy is {stack.state}.bak" in str(refused.value)
    assert stack.state.read_bytes() == content
    assert set(cloud.objects) == {"a", "b"}
    Path(f"{stack.state}.bak").replace(stack.state)
    assert stack.destroy().ok


def test_the_old_state_stays_whole_when_the_disk_is_full(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up(PROGRAM)
    before = stack.state.read_bytes()

    def fsync(_descriptor: int) -> None:
        if "c" in cloud.objects:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("sandbox.engine.state.os.fsync", fsync)
        with pytest.raises(SandboxError, match="No space left"):
            stack.up(PROGRAM + '    Thing("c", value="1")\n')
    assert stack.state.read_bytes() == before
    assert list(stack.state.parent.glob("*.draft")) == []
    result = stack.up(PROGRAM + '    Thing("c", value="1")\n')
    assert ops(result)["c"] == "same"


def test_nothing_more_is_started_when_the_journal_cannot_be_written(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up(PROGRAM)

    def write(_descriptor: int, content: bytes) -> int:
        return len(content) // 2

    with monkeypatch.context() as patch:
        patch.setattr("sandbox.engine.journal.os.write", write)
        with pytest.raises(SandboxError, match=r"journal of .* could not be written: No space left"):
            stack.up(PROGRAM + '    Thing("c", value="1")\n')
    assert cloud.called("create") == []
    assert stack.up(PROGRAM + '    Thing("c", value="1")\n').ok


@pytest.mark.parametrize("room", range(5))
@pytest.mark.parametrize("program", [None, 'pulumi.export("out", "")', PROGRAM], ids=["destroy", "up without it", "up"])
def test_a_full_disk_is_told_whatever_it_has_no_room_for(
    stack: Stack, cloud: Cloud, kill: Kill, monkeypatch: pytest.MonkeyPatch, program: str | None, room: int
) -> None:
    """Room for so many changes of the next run, which takes an interrupted create up and sets outputs in the end."""
    assert kill("up", 'a = Thing("a", value=pulumi.Output.secret("x"))', after=3)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with limited(monkeypatch, room, full), pytest.raises(SandboxError, match="Make room, then run the same again"):
        stack.up(program) if program else stack.destroy()
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_only_the_order_of_entries_is_no_change(stack: Stack) -> None:
    program = """
        for name in {}:
            Thing(name, value="1")
    """
    stack.up(program.format(["a", "b", "c"]))
    before = stack.state.stat()
    stack.up(program.format(["c", "a", "b"]))
    assert stack.state.stat() == before
