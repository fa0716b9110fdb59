"""`import_` takes what exists into the state, and makes it what the program wants."""

from tests.unit.engine.cloud import Cloud, Stack, errors, ops, step, warnings

PROGRAM = """
    a = Thing("a", name="{name}", value="{value}", opts=ResourceOptions(import_="{id}"))
    pulumi.export("length", a.length)
"""


def wanting(value: str, name: str = "there", id_: str = "there") -> str:
    return PROGRAM.format(name=name, value=value, id=id_)


def exists(cloud: Cloud, *names: str) -> None:
    cloud.objects |= {name: {"name": name, "value": "abc"} for name in names}


def test_what_exists_is_adopted_and_from_then_on_managed(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    result = stack.up(wanting("abc"))
    assert ops(result) == {"a": "import"}
    assert result.outputs == {"length": 3}
    assert cloud.called("create") == cloud.called("update") == []
    assert stack.resources()["a"]["importID"] == stack.resources()["a"]["id"] == "there"
    assert not stack.preview(wanting("abc")).changed
    assert not stack.up('Thing("a", name="there", value="abc")').changed
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_a_preview_reads_and_adopts_nothing(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    result = stack.preview(wanting("abc"))
    assert ops(result) == {"a": "import"}
    assert result.outputs == {"length": 3}
    assert stack.resources() == {}


def test_what_differs_is_updated_after_it_was_adopted(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    result = stack.up(wanting("abcd"))
    assert [one.op for one in result.steps if one.name == "a"] == ["import", "update"]
    assert result.outputs == {"length": 4}
    assert cloud.objects["there"]["value"] == "abcd"


def test_ignored_changes_stay_as_they_exist(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    stack.up("""
        options = ResourceOptions(import_="there", ignore_changes=["value"])
        Thing("a", name="there", value="other", opts=options)
    """)
    assert cloud.called("update") == []
    assert cloud.objects["there"]["value"] == "abc"


def test_what_would_have_to_be_replaced_is_an_error_and_stays(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    assert (
        "would now have to be replaced (name)" in warnings(stack.preview(wanting("abc", name="elsewhere")))[0].message
    )
    result = stack.up(wanting("abc", name="elsewhere"), fails=True)
    assert "would now have to be replaced (name)" in errors(result)
    assert cloud.objects == {"there": {"name": "there", "value": "abc"}}


def test_another_id_replaces_what_was_managed_before(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there", "other")
    stack.up(wanting("abc"))
    result = stack.up(wanting("abc", name="other", id_="other"))
    assert ops(result) == {"a": "import"}
    assert set(cloud.objects) == {"other"}
    assert cloud.called("create") == []


def test_a_protected_resource_is_not_given_up_for_an_imported_one(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "other")
    stack.up('Thing("a", value="1", opts=ResourceOptions(protect=True))')
    program = 'Thing("a", name="other", value="abc", opts=ResourceOptions(protect=True, import_="other"))'
    assert "is protected" in errors(stack.up(program, fails=True))
    assert set(cloud.objects) == {"a", "other"}


def test_what_was_only_read_before_can_be_adopted(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    stack.up('Thing.get("a", "there")')
    assert ops(stack.up(wanting("abc"))) == {"a": "import"}
    assert "external" not in stack.resources()["a"]
    assert set(cloud.objects) == {"there"}


def test_an_id_that_does_not_exist_is_an_error(stack: Stack, cloud: Cloud) -> None:
    result = stack.up(wanting("abc"), fails=True)
    assert "fake:index:Thing with id 'there' does not exist" in errors(result)
    assert cloud.objects == {}


def test_a_secret_input_is_secret_in_what_was_adopted(stack: Stack, cloud: Cloud) -> None:
    exists(cloud, "there")
    cloud.objects["there"]["value"] = "canary"
    stack.up("""
        Thing("a", name="there", value=pulumi.Output.secret("canary"), opts=ResourceOptions(import_="there"))
    """)
    assert "canary" not in stack.state.read_text()


def test_behind_a_provider_that_is_not_known_yet_a_preview_knows_no_outputs(stack: Stack) -> None:
    result = stack.preview("""
        first = Thing("first", value="1")
        mine = FakeProvider("mine", region=first.token)
        a = Thing("a", name="there", opts=ResourceOptions(provider=mine, import_="there"))
        pulumi.export("length", a.length)
    """)
    assert step(result, "a").op == "import"
    assert result.outputs == {"length": "[unknown]"}
