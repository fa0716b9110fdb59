"""A preview shows what `up` would do, and does nothing."""

from tests.unit.engine.cloud import Cloud, Stack, ops, step, warnings


def test_a_preview_asks_the_provider_and_changes_nothing(stack: Stack, cloud: Cloud) -> None:
    result = stack.preview('Thing("a", value="1")')
    assert ops(result) == {"a": "create"}
    assert result.preview
    assert cloud.called("check") == ["a"]
    assert cloud.objects == {}
    assert not stack.state.exists()
    assert list(stack.state.parent.glob("*")) == []


def test_outputs_that_only_exist_after_creation_are_unknown(stack: Stack) -> None:
    result = stack.preview("""
        a = Thing("a", value="abc")
        pulumi.export("known", a.length)
        pulumi.export("unknown", a.token)
        a.token.apply(lambda token: Thing("never", value=token))
        Thing("b", value=a.token)
    """)
    assert result.outputs == {"known": 3, "unknown": "[unknown]"}
    assert ops(result) == {"a": "create", "b": "create"}


def test_preview_and_up_run_in_one_process_with_fresh_modules(stack: Stack, cloud: Cloud) -> None:
    (stack.directory / "counting.py").write_text("runs = []\n")
    program = """
        import counting
        counting.runs.append(1)
        Thing("a", value=len(counting.runs))
    """
    stack.preview(program)
    stack.up(program)
    assert stack.engine().preview().changed is False
    assert cloud.objects["a"]["value"] == 1


def test_one_engine_runs_one_operation_after_the_other(stack: Stack) -> None:
    stack.write('Thing("a", value=pulumi.Output.secret("1"))')
    engine = stack.engine()
    assert engine.preview().counts == engine.up().counts == {"create": 2}
    assert engine.preview().counts == engine.refresh().counts == {"same": 2}
    assert engine.destroy().counts == {"delete": 2}
    assert engine.preview().counts == {"create": 2}


def test_a_provider_whose_configuration_is_unknown_is_not_asked(stack: Stack, cloud: Cloud) -> None:
    result = stack.preview("""
        first = FakeProvider("first", region="here")
        cluster = Thing("cluster", value="1", opts=ResourceOptions(provider=first))
        second = FakeProvider("second", region=cluster.token)
        inside = Thing("inside", name="n", value="v", opts=ResourceOptions(provider=second))
        pulumi.export("name", inside.name)
        pulumi.export("length", inside.length)
    """)
    assert ops(result) == {"cluster": "create", "inside": "create"}
    assert [configuration["region"] for configuration in cloud.configurations] == ["here"]
    assert cloud.called("check") == ["cluster"]
    assert result.outputs == {"name": "[unknown]", "length": "[unknown]"}


def test_an_existing_resource_behind_an_unknown_configuration_is_an_update_with_a_warning(
    stack: Stack,
) -> None:
    program = """
        first = FakeProvider("first", region="here")
        cluster = Thing("cluster", value="1", name={name!r}, opts=ResourceOptions(provider=first))
        second = FakeProvider("second", endpoint=cluster.token)
        Thing("inside", value="v", opts=ResourceOptions(provider=second))
    """
    stack.up(program.format(name="one"))
    result = stack.preview(program.format(name="two"))
    assert ops(result) == {"cluster": "replace", "inside": "update"}
    [warning] = warnings(result)
    assert warning.urn == step(result, "inside").urn
    assert "not known during preview" in warning.message


def test_an_unchanged_program_previews_as_no_change(stack: Stack) -> None:
    program = 'Thing("a", value="1")'
    stack.up(program)
    result = stack.preview(program)
    assert not result.changed
    assert result.counts == {"same": 2}
