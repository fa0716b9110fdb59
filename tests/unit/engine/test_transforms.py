"""Transforms of the program change what it asks for: a resource's own, its parents', then the stack's."""

import json

from tests.unit.engine.cloud import Cloud, Stack, errors, ops

ADD = """
    def add(text):
        def transform(args):
            if "value" not in args.props:
                return None
            return pulumi.ResourceTransformResult({**args.props, "value": args.props["value"] + text}, args.opts)
        return transform
"""


def test_transforms_run_from_the_resource_outwards(stack: Stack, cloud: Cloud) -> None:
    program = (
        ADD
        + """
    pulumi.runtime.register_resource_transform(add(" stack"))
    outer = Group("outer", ResourceOptions(transforms=[add(" outer")]))
    inner = Group("inner", ResourceOptions(parent=outer, transforms=[add(" inner")]))
    Thing("a", value="own", opts=ResourceOptions(parent=inner, transforms=[add(" a")]))
    Thing("b", value="b")
    """
    )
    stack.up(program)
    assert cloud.objects["a"]["value"] == "own a inner outer stack"
    assert cloud.objects["b"]["value"] == "b stack"
    assert not stack.preview(program).changed


def test_a_transform_sees_and_changes_options(stack: Stack) -> None:
    stack.up("""
        first = Thing("first", value="1")
        mine = FakeProvider("mine", region="here")
        seen = []
        def transform(args):
            opts = args.opts
            seen.append([args.name, args.type_, args.custom, opts.protect, opts.ignore_changes])
            opts.protect = False
            opts.retain_on_delete = True
            opts.depends_on = [first]
            opts.additional_secret_outputs = ["token"]
            opts.ignore_changes = ["value"]
            opts.delete_before_replace = True
            return pulumi.ResourceTransformResult(args.props, opts)
        options = ResourceOptions(protect=True, ignore_changes=["length"], provider=mine, transforms=[transform])
        a = Thing("a", value="1", opts=options)
        pulumi.export("seen", a.urn.apply(lambda _: seen))
    """)
    entry = stack.resources()["a"]
    assert json.loads(stack.state.read_text())["deployment"]["resources"]
    assert entry["retainOnDelete"]
    assert "protect" not in entry
    assert entry["ignoreChanges"] == ["value"]
    assert entry["additionalSecretOutputs"] == ["token"]
    assert entry["dependencies"] == [stack.resources()["first"]["urn"]]
    assert "::mine::" in entry["provider"]
    assert stack.engine().outputs()["seen"] == [["a", "fake:index:Thing", True, True, ["length"]]]


def test_a_transform_keeps_secrets_and_what_is_not_known_yet(stack: Stack) -> None:
    program = """
        def transform(args):
            return pulumi.ResourceTransformResult({**args.props, "more": pulumi.Output.secret("canary")}, args.opts)
        first = Thing("first", value="1")
        a = Thing("a", value=first.token, opts=ResourceOptions(transforms=[transform]))
        pulumi.export("value", a.value)
    """
    assert stack.preview(program).outputs == {"value": "[unknown]"}
    stack.up(program)
    assert "canary" not in stack.state.read_text()
    assert stack.resources()["a"]["inputs"]["value"] == "token of first"
    assert stack.resources()["a"]["propertyDependencies"] == {"value": [stack.resources()["first"]["urn"]]}


def test_a_transform_that_fails_fails_its_resource(stack: Stack, cloud: Cloud) -> None:
    result = stack.up(
        """
        def transform(args):
            raise ValueError("oh dear")
        Thing("a", value="1", opts=ResourceOptions(transforms=[transform]))
        Thing("b", value="1")
        """,
        fails=True,
    )
    assert "A transform of a failed, so nothing was done about it" in errors(result)
    assert "oh dear" in errors(result)
    assert set(cloud.objects) == {"b"}


def test_invocations_have_transforms_of_their_own(stack: Stack) -> None:
    result = stack.up("""
        def transform(args):
            return pulumi.InvokeTransformResult({"number": args.args["number"] + 1}, args.opts)
        pulumi.runtime.register_invoke_transform(transform)
        doubled = pulumi.runtime.invoke_async("fake:index:double", {"number": 20})
        pulumi.export("doubled", pulumi.Output.from_input(doubled).apply(lambda result: result["doubled"]))
    """)
    assert result.outputs == {"doubled": 42}


def test_a_transform_can_rename_by_an_alias(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("old", name="n", value="1")')
    result = stack.up("""
        def transform(args):
            args.opts.aliases = [pulumi.Alias(name="old")]
            return pulumi.ResourceTransformResult(args.props, args.opts)
        Thing("new", name="n", value="1", opts=ResourceOptions(transforms=[transform]))
    """)
    assert ops(result) == {"new": "same"}
    assert set(cloud.objects) == {"n"}
