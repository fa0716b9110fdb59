"""Resource options do what they say, or are refused by name."""

import pytest

from tests.unit.engine.cloud import Cloud, Stack, errors, ops, step


def test_a_protected_resource_is_not_deleted_and_the_run_fails(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        Thing("a", value="1", opts=ResourceOptions(protect=True))
        Thing("b", value="1")
    """)
    result = stack.up("pass", fails=True)
    assert "a (fake:index:Thing) is protected" in errors(result)
    assert set(cloud.objects) == {"a"}
    assert "a" in stack.resources()


def test_destroy_refuses_before_anything_is_deleted_while_something_is_protected(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        group = Group("group", ResourceOptions(protect=True))
        Thing("a", value="1", opts=ResourceOptions(parent=group))
        Thing("b", value="1")
    """)
    result = stack.destroy()
    assert not result.ok
    assert "take `protect` off" in errors(result)
    assert set(cloud.objects) == {"a", "b"}


def test_a_protected_resource_is_not_replaced(stack: Stack, cloud: Cloud) -> None:
    program = 'Thing("a", name="{}", value="1", opts=ResourceOptions(protect=True))'
    stack.up(program.format("one"))
    result = stack.up(program.format("two"), fails=True)
    assert "would have to be replaced (name)" in errors(result)
    assert set(cloud.objects) == {"one"}


def test_retain_on_delete_forgets_the_resource_and_leaves_it_alone(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("a", value="1", opts=ResourceOptions(retain_on_delete=True))')
    result = stack.up("pass")
    assert ops(result) == {"a": "delete"}
    assert cloud.called("delete") == []
    assert set(cloud.objects) == {"a"}
    assert "a" not in stack.resources()


@pytest.mark.parametrize(
    ("path", "old", "new", "kept"),
    [
        ("value", "1", "2", "1"),
        ("value.x", {"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 1, "y": 2}),
        ("value.list[0]", {"list": [1, 1]}, {"list": [2, 2]}, {"list": [1, 2]}),
        ('value["a.b/c"]', {"a.b/c": 1}, {"a.b/c": 2}, {"a.b/c": 1}),
        ("value.*", {"x": 1}, {"x": 2, "y": 2}, {"x": 1}),
        ("value.gone", {"gone": 1, "x": 1}, {"x": 2}, {"gone": 1, "x": 2}),
    ],
)
def test_ignore_changes_keeps_what_its_path_names(
    stack: Stack, cloud: Cloud, path: str, old: object, new: object, kept: object
) -> None:
    program = 'Thing("a", value={!r}, opts=ResourceOptions(ignore_changes=[{!r}]))'
    stack.up(program.format(old, path))
    stack.up(program.format(new, path))
    assert cloud.objects["a"]["value"] == kept


@pytest.mark.parametrize("secret", ["old", "new"])
def test_ignore_changes_looks_into_secrets(stack: Stack, cloud: Cloud, secret: str) -> None:
    program = """
        value = {{"password": "{0}", "list": [{{"image": "{0}"}}]}}
        options = ResourceOptions(ignore_changes=["value.password", "value.list[0].image"])
        Thing("a", value={1}, opts=options)
    """
    plain, hidden = "value", "pulumi.Output.secret(value)"
    stack.up(program.format("of old", hidden if secret == "old" else plain))
    stack.up(program.format("of new", hidden if secret == "new" else plain))
    assert cloud.objects["a"]["value"] == {"password": "of old", "list": [{"image": "of old"}]}
    assert "of old" not in stack.state.read_text()


def test_additional_secret_outputs_are_secret_in_state_and_for_the_program(stack: Stack) -> None:
    program = """
        a = Thing("a", value="1", opts=ResourceOptions(additional_secret_outputs=["token"]))
        pulumi.export("token", a.token)
    """
    for _ in range(2):
        result = stack.up(program)
        assert result.outputs == {"token": "[secret]"}
    assert "token of a" not in stack.state.read_text()


def test_a_renamed_resource_is_found_by_its_alias(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("old", name="n", value="1")')
    result = stack.up('Thing("new", name="n", value="1", opts=ResourceOptions(aliases=[pulumi.Alias(name="old")]))')
    assert ops(result) == {"new": "same"}
    assert set(cloud.objects) == {"n"}
    entries = stack.resources()
    assert "old" not in entries
    assert entries["new"]["aliases"] == [entries["new"]["urn"].replace("::new", "::old")]


def test_a_renamed_component_takes_its_children_along(stack: Stack) -> None:
    program = """
        group = Group("{name}", ResourceOptions(aliases=[pulumi.Alias(name="{old}")]))
        inner = Group("{name}-inner", ResourceOptions(parent=group))
        Thing("{name}-inner-thing", name="n", value="1", opts=ResourceOptions(parent=inner))
    """
    stack.up(program.format(name="before", old="none"))
    result = stack.up(program.format(name="after", old="before"))
    assert ops(result) == {"after": "same", "after-inner": "same", "after-inner-thing": "same"}
    entries = stack.resources()
    assert not any(name.startswith("before") for name in entries)
    assert entries["after-inner-thing"]["parent"] == entries["after-inner"]["urn"]


def test_a_resource_moves_under_a_component_by_an_alias_without_parent(stack: Stack) -> None:
    stack.up('Thing("a", value="1")')
    result = stack.up("""
        group = Group("group")
        no_parent = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        Thing("a", value="1", opts=ResourceOptions(parent=group, aliases=[no_parent]))
    """)
    assert ops(result) == {"group": "create", "a": "same"}
    assert stack.resources()["a"]["urn"].endswith("::test:index:Group$fake:index:Thing::a")


def test_references_to_a_renamed_resource_follow_it_even_when_the_run_fails(stack: Stack) -> None:
    stack.up("""
        a = Thing("a", value="1")
        Thing("b", value=a.token)
    """)
    stack.up(
        """
        Thing("renamed", name="a", value="1", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))
        raise RuntimeError("stop")
        """,
        fails=True,
    )
    entries = stack.resources()
    assert entries["b"]["dependencies"] == [entries["renamed"]["urn"]]


def test_two_resources_with_one_name_are_refused(stack: Stack) -> None:
    result = stack.up(
        """
        Thing("a", value="1")
        Thing("a", value="2")
    """,
        fails=True,
    )
    assert "Duplicate resource URN" in errors(result)


def test_custom_timeouts_reach_the_state_in_seconds(stack: Stack) -> None:
    stack.up("""
        timeouts = pulumi.CustomTimeouts(create="1h30m", delete="90s")
        Thing("a", value="1", opts=ResourceOptions(custom_timeouts=timeouts))
    """)
    assert stack.resources()["a"]["customTimeouts"] == {"create": 5400, "delete": 90}


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("hooks=pulumi.ResourceHookBinding(before_create=[lambda args: None])", "resource hooks"),
        ("state_migrations=[lambda args: None]", "state migrations"),
        ('hide_diffs=["a[b"]', "hide_diffs"),
        ('custom_timeouts=pulumi.CustomTimeouts(create="soon")', "soon"),
        ('ignore_changes=["a[b"]', "a[b"),
    ],
)
def test_an_option_that_is_not_implemented_or_wrong_is_refused_by_name(
    stack: Stack, cloud: Cloud, options: str, name: str
) -> None:
    result = stack.up(
        f"""
        first = Thing("first", value="1")
        Thing("a", value="1", opts=ResourceOptions({options}))
        """,
        fails=True,
    )
    assert name.lower() in errors(result).lower()
    assert "a" not in cloud.objects


def test_a_parameterized_package_is_refused_by_name(stack: Stack) -> None:
    result = stack.up(
        """
        package = pulumi.runtime.register_package("base", "1.0.0", "", "mine", "1.0.0", "")
        pulumi.CustomResource("mine:index:Thing", "a", {}, package_ref=package)
        """,
        fails=True,
    )
    assert "does not support parameterization" in errors(result)


def test_a_provider_cannot_be_imported(stack: Stack) -> None:
    result = stack.up('FakeProvider("mine", ResourceOptions(import_="x"))', fails=True)
    assert "does not implement import_ of a provider" in errors(result)


def test_a_remote_asset_is_refused_by_name(stack: Stack, cloud: Cloud) -> None:
    result = stack.up('Thing("a", value=pulumi.RemoteAsset("https://example.com/file"))', fails=True)
    assert "does not implement remote assets (https://example.com/file)" in errors(result)
    assert cloud.objects == {}


def test_outputs_of_a_component_are_in_the_state(stack: Stack) -> None:
    stack.up("""
        group = Group("group")
        thing = Thing("a", value="1", opts=ResourceOptions(parent=group))
        group.register_outputs({"token": thing.token})
    """)
    assert stack.resources()["group"]["outputs"] == {"token": "token of a"}


def test_a_resource_as_an_input_is_its_id_to_a_provider_that_takes_no_references(stack: Stack) -> None:
    result = stack.up("""
        a = Thing("a", value="1")
        Thing("b", value=a)
        pulumi.export("a", a.urn)
    """)
    assert result.outputs["a"] == step(result, "a").urn
    assert stack.resources()["b"]["inputs"]["value"] == "a"


def test_get_reads_a_resource_that_somebody_else_manages(stack: Stack, cloud: Cloud) -> None:
    cloud.objects["elsewhere"] = {"name": "elsewhere", "value": "abc"}
    program = """
        found = Thing.get("found", "elsewhere")
        pulumi.export("length", found.length)
    """
    result = stack.up(program)
    assert result.outputs == {"length": 3}
    assert ops(result) == {"found": "read"}
    assert result.counts == {"create": 1}
    assert not stack.preview(program).changed
    assert stack.destroy().ok
    assert set(cloud.objects) == {"elsewhere"}


def test_get_of_what_does_not_exist_fails(stack: Stack) -> None:
    result = stack.up('Thing.get("found", "nowhere")', fails=True)
    assert "fake:index:Thing with id 'nowhere' does not exist" in errors(result)


def test_functions_of_the_provider_can_be_invoked(stack: Stack) -> None:
    result = stack.up("""
        doubled = pulumi.runtime.invoke("fake:index:double", {"number": 21}).value
        pulumi.export("doubled", doubled["doubled"])
    """)
    assert result.outputs == {"doubled": 42}
    failed = stack.up('pulumi.runtime.invoke("fake:index:double", {"fail": True})', fails=True)
    assert "as asked" in errors(failed)


def test_an_asset_is_known_by_its_hash(stack: Stack) -> None:
    file = stack.directory / "files" / "file.txt"
    file.parent.mkdir()
    program = """
        file = pulumi.FileAsset("files/file.txt")
        Thing("a", type="Vague", value=file)
        Thing("b", type="Vague", value=pulumi.AssetArchive({"x": pulumi.StringAsset("text"), "d": file}))
        Thing("c", type="Vague", value=pulumi.FileArchive("files"))
    """
    file.write_text("one")
    stack.up(program)
    assert ops(stack.preview(program)) == {"a": "same", "b": "same", "c": "same"}
    file.write_text("two")
    assert ops(stack.preview(program)) == {"a": "update", "b": "update", "c": "update"}
    file.unlink()
    assert "files/file.txt does not exist" in errors(stack.preview(program))
