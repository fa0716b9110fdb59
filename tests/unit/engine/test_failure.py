"""A failed step stops what depends on it, and nothing else; what was done is kept.

The real CLI does the same with `--continue-on-error`; without it, it starts nothing more after a failure.
"""

from sandbox.engine.events import Diagnostic, Failed
from tests.unit.engine.cloud import Cloud, Stack, errors, ops


def test_what_depends_on_a_failed_resource_is_not_started_and_the_rest_is_finished(stack: Stack, cloud: Cloud) -> None:
    result = stack.up(
        """
        bad = Thing("bad", value="1", fail="create")
        after = Thing("after", value=bad.token)
        Thing("later", value="1", opts=ResourceOptions(depends_on=[after]))
        Thing("child", value="1", opts=ResourceOptions(parent=bad))
        good = Thing("good", value="1")
        Thing("fine", value=good.token)
        pulumi.export("bad", bad.token)
        pulumi.export("good", good.token)
        """,
        fails=True,
    )
    assert errors(result) == "create is refused"
    assert result.diagnostics[-1].message == "3 resources were left alone: after, child, later."
    assert set(cloud.objects) == {"good", "fine"}
    assert ops(result) == {"good": "create", "fine": "create"}
    assert result.outputs == {"good": "token of good"}
    assert set(stack.resources()) == {"default", "project-test", "good", "fine"}
    failed = [event for event in stack.events if isinstance(event, Failed)]
    assert [event.urn.rpartition("::")[2] for event in failed] == ["bad"]


def test_nothing_is_deleted_after_a_failure(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        Thing("leaving", value="1")
        Thing("replaced", name="one", value="1")
    """)
    result = stack.up(
        """
        Thing("bad", value="1", fail="create")
        Thing("replaced", name="two", value="1")
        """,
        fails=True,
    )
    assert ops(result) == {"replaced": "replace"}
    assert set(cloud.objects) == {"leaving", "one", "two"}
    stack.up('Thing("replaced", name="two", value="1")')
    assert set(cloud.objects) == {"two"}


def test_a_resource_that_exists_but_is_not_ready_is_kept_and_tried_again(stack: Stack, cloud: Cloud) -> None:
    result = stack.up(
        """
        a = Thing("a", value="1", unready="the pod crashed: no such file")
        Thing("b", value=a.token)
        """,
        fails=True,
    )
    assert errors(result) == "the pod crashed: no such file"
    entry = stack.resources()["a"]
    assert entry["initErrors"] == ["the pod crashed: no such file"]
    assert entry["id"] == "a"
    assert set(cloud.objects) == {"a"}

    program = """
        a = Thing("a", value="1", unready="{}", opts=ResourceOptions(ignore_changes=["unready"]))
        Thing("b", value=a.token)
    """
    result = stack.up(program.format(""), fails=True)
    assert cloud.called("update") == ["a"]
    assert "initErrors" in stack.resources()["a"]
    result = stack.up(program.format("").replace(', opts=ResourceOptions(ignore_changes=["unready"])', ""))
    assert ops(result) == {"a": "update", "b": "create"}
    assert "initErrors" not in stack.resources()["a"]


def test_a_failed_update_keeps_the_old_state(stack: Stack) -> None:
    stack.up('Thing("a", value="1")')
    stack.up('Thing("a", value="2", fail="update")', fails=True)
    assert stack.resources()["a"]["inputs"] == {"name": "a", "value": "1"}


def test_a_failed_delete_keeps_the_resource_and_what_it_depends_on(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        a = Thing("a", value="1")
        b = Thing("b", value=a.token, fail="delete")
        Thing("c", value=b.token)
    """)
    result = stack.destroy()
    assert not result.ok
    assert "deleting failed: delete is refused" in errors(result)
    assert set(cloud.objects) == {"a", "b"}
    assert set(stack.resources()) == {"default", "project-test", "a", "b"}


def test_an_error_in_the_program_is_shown_with_its_own_lines_only(stack: Stack, cloud: Cloud) -> None:
    result = stack.up(
        """
        Thing("a", value="1")
        def deep():
            raise ValueError("oh dear")
        deep()
        """,
        fails=True,
    )
    assert "oh dear" in errors(result)
    assert "in deep" in errors(result)
    assert "runpy" not in errors(result)
    assert set(cloud.objects) == {"a"}


def test_what_is_in_flight_when_the_program_fails_is_finished_and_kept(stack: Stack, cloud: Cloud) -> None:
    stack.up(
        """
        def stop(token):
            raise ValueError(token)
        Thing("slow", value="1", slow=0.2)
        Thing("a", value="1").token.apply(stop)
        """,
        fails=True,
    )
    assert set(cloud.objects) == {"slow", "a"}
    assert set(stack.resources()) == {"default", "project-test", "slow", "a"}


def test_an_error_the_program_logs_fails_the_run(stack: Stack) -> None:
    result = stack.up('pulumi.log.error("not like this")', fails=True)
    assert errors(result) == "not like this"


def test_what_the_program_prints_and_logs_is_told(stack: Stack) -> None:
    result = stack.up("""
        print("printed")
        pulumi.log.info("logged")
        pulumi.log.debug("not shown")
    """)
    assert [(one.severity, one.message) for one in result.diagnostics] == [
        ("info", "printed"),
        ("info", "logged"),
    ]
    assert [event for event in stack.events if isinstance(event, Diagnostic)] == list(result.diagnostics)


def test_sys_exit_with_a_status_is_a_failure(stack: Stack) -> None:
    assert "status 3" in errors(stack.up("import sys; sys.exit(3)", fails=True))


def test_the_program_sees_its_directory_arguments_and_config(stack: Stack) -> None:
    stack.config = {"project:plain": "x", "project:object": '{"a": [1]}', "project:hidden": "canary"}
    stack.secret_keys = frozenset({"project:hidden"})
    result = stack.up("""
        import os, sys
        config = pulumi.Config()
        pulumi.export("same", os.getcwd() == sys.argv[0] == sys.path[0])
        pulumi.export("plain", config.require("plain"))
        pulumi.export("object", config.require_object("object"))
        pulumi.export("hidden", config.require_secret("hidden"))
        pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
        pulumi.export("main", __name__)
    """)
    assert result.outputs == {
        "same": True,
        "plain": "x",
        "object": {"a": [1]},
        "hidden": "[secret]",
        "names": ["project", "test", "organization"],
        "main": "__main__",
    }
    assert "canary" not in stack.state.read_text()
    assert stack.engine().outputs(show_secrets=True)["hidden"] == "canary"


def test_a_program_that_fails_before_its_exports_takes_no_output_away(stack: Stack) -> None:
    stack.up('pulumi.export("address", "203.0.113.1"); pulumi.export("left", 1)')
    failed = stack.up('pulumi.export("address", "203.0.113.2"); raise pulumi.RunError("stop")', fails=True)
    assert failed.outputs == {"address": "203.0.113.2", "left": 1}
    assert stack.engine().outputs() == failed.outputs
    assert stack.up('pulumi.export("address", "203.0.113.3")').outputs == {"address": "203.0.113.3"}
