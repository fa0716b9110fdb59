"""Refresh brings the state up to date with what exists; `up` then sets it right."""

from sandbox.engine.diff import PropertyDiff
from tests.unit.engine.cloud import Cloud, Stack, errors, ops, step

PROGRAM = """
    a = Thing("a", value="wanted")
    b = Thing("b", value=a.token)
    Thing("c", value=b.token)
"""


def test_drift_is_reported_recorded_and_set_right_by_up(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    cloud.objects["a"]["value"] = "drifted"
    result = stack.refresh()
    assert ops(result) == {"a": "refresh", "b": "same", "c": "same"}
    assert step(result, "a").diffs == (PropertyDiff("value", "update", "wanted", "drifted"),)
    assert stack.resources()["a"]["inputs"]["value"] == "drifted"
    assert ops(stack.up(PROGRAM)) == {"a": "update", "b": "same", "c": "same"}
    assert cloud.objects["a"]["value"] == "wanted"


def test_what_is_gone_leaves_the_state_and_up_creates_it_again(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    del cloud.objects["b"]
    result = stack.refresh()
    assert ops(result) == {"a": "same", "b": "delete", "c": "same"}
    assert "dependencies" not in stack.resources()["c"]
    assert ops(stack.up(PROGRAM)) == {"a": "same", "b": "create", "c": "same"}
    assert stack.resources()["c"]["dependencies"] == [stack.resources()["b"]["urn"]]


def test_an_additional_secret_output_stays_secret(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("a", value="1", opts=ResourceOptions(additional_secret_outputs=["token", "value"]))')
    cloud.objects["a"]["value"] = "canary"
    result = stack.refresh()
    assert ops(result) == {"a": "refresh"}
    assert "token of a" not in stack.state.read_text()
    assert "ciphertext" in str(stack.resources()["a"]["outputs"]["value"])


def test_without_drift_nothing_is_written(stack: Stack) -> None:
    stack.up(PROGRAM)
    before = stack.state.stat()
    assert not stack.refresh().changed
    assert stack.state.stat() == before


def test_all_resources_are_read_at_the_same_time(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    cloud.together = 3
    cloud.gather = lambda method, _name: "all" if method == "read" else None
    assert stack.refresh().ok


def test_a_preview_of_a_refresh_changes_nothing(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    cloud.objects["a"]["value"] = "drifted"
    before = stack.state.stat()
    assert stack.engine().refresh(preview=True).counts["refresh"] == 1
    assert stack.state.stat() == before


def test_a_resource_that_cannot_be_read_stays_as_it_is(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    before = stack.resources()

    def refuse(method: str, name: str) -> None:
        if (method, name) == ("read", "b"):
            raise ConnectionError("connection reset")

    cloud.on_call = refuse
    result = stack.refresh()
    assert not result.ok
    assert "connection reset" in errors(result)
    assert stack.resources() == before
