"""Providers: explicit, inherited, default, disabled."""

from tests.unit.engine.cloud import Cloud, Stack, errors, ops


def provider_of(stack: Stack, name: str) -> str:
    return stack.resources()[name]["provider"].rpartition("::")[0].rpartition("::")[2]


def test_a_resource_without_provider_gets_the_default_one_with_the_package_config(stack: Stack, cloud: Cloud) -> None:
    stack.config = {"fake:region": "here", "project:other": "x"}
    stack.up("""
        Thing("a", value="1")
        Thing("b", value="1")
    """)
    assert cloud.configurations == [{"region": "here"}]
    assert provider_of(stack, "a") == provider_of(stack, "b") == "default"
    assert stack.resources()["default"]["inputs"] == {"region": "here"}


def test_the_default_provider_is_made_per_version_and_not_counted(stack: Stack) -> None:
    result = stack.up("""
        Thing("a", value="1", opts=ResourceOptions(version="1.2.3-alpha.1"))
        Thing("b", value="1", opts=ResourceOptions(version="2.0.0"))
    """)
    assert provider_of(stack, "a") == "default_1_2_3_alpha_1"
    assert provider_of(stack, "b") == "default_2_0_0"
    assert stack.resources()["default_2_0_0"]["inputs"] == {"__internal": {}, "version": "2.0.0"}
    assert result.counts == {"create": 3}


def test_a_new_version_of_the_default_provider_replaces_nothing(stack: Stack) -> None:
    program = 'Thing("a", value="1", opts=ResourceOptions(version="{}"))'
    stack.up(program.format("1.0.0"))
    result = stack.up(program.format("2.0.0"))
    assert ops(result) == {"a": "same"}
    assert "default_1_0_0" not in stack.resources()


def test_without_default_providers_a_resource_must_name_one(stack: Stack, cloud: Cloud) -> None:
    for packages in ('["*"]', '["other", "fake"]'):
        stack.config = {"pulumi:disable-default-providers": packages}
        result = stack.up('Thing("a", value="1")', fails=True)
        assert "Default provider for 'fake' disabled" in errors(result)
        assert "pass `provider`" in errors(result)
    stack.up("""
        mine = FakeProvider("mine")
        Thing("a", value="1", opts=ResourceOptions(provider=mine))
    """)
    assert set(cloud.objects) == {"a"}


def test_children_inherit_the_provider_of_their_package(stack: Stack) -> None:
    stack.config = {"pulumi:disable-default-providers": '["*"]'}
    stack.up("""
        mine = FakeProvider("mine")
        other = FakeProvider("other")
        group = Group("group", ResourceOptions(providers=[mine]))
        inner = Group("inner", ResourceOptions(parent=group))
        Thing("inherited", value="1", opts=ResourceOptions(parent=inner))
        Thing("explicit", value="1", opts=ResourceOptions(parent=inner, provider=other))
        single = Group("single", ResourceOptions(provider=other))
        parent = Thing("parent", value="1", opts=ResourceOptions(parent=single))
        Thing("child", value="1", opts=ResourceOptions(parent=parent))
    """)
    assert provider_of(stack, "inherited") == "mine"
    assert provider_of(stack, "explicit") == "other"
    assert provider_of(stack, "parent") == provider_of(stack, "child") == "other"


def test_each_provider_resource_is_a_configured_instance_of_its_own(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        for region in ("east", "west"):
            provider = FakeProvider(region, region=region)
            for number in range(2):
                Thing(f"{region}-{number}", value="1", opts=ResourceOptions(provider=provider))
    """)
    assert sorted(configuration["region"] for configuration in cloud.configurations) == ["east", "west"]
    east = stack.resources()["east"]
    assert east["type"] == "pulumi:providers:fake"
    assert east["inputs"] == east["outputs"] == {"region": "east"}
    assert len(east["id"]) == 36


def test_a_changed_provider_is_updated_and_its_resources_stay(stack: Stack, cloud: Cloud) -> None:
    program = """
        mine = FakeProvider("mine", region="here", color="{}")
        Thing("a", value="1", opts=ResourceOptions(provider=mine))
    """
    stack.up(program.format("red"))
    before = stack.resources()["mine"]["id"]
    result = stack.up(program.format("blue"))
    assert result.counts == {"update": 1, "same": 2}
    assert ops(result) == {"a": "same"}
    assert stack.resources()["mine"]["id"] == before
    assert cloud.configurations[-1]["color"] == "blue"


def test_a_provider_that_must_be_replaced_takes_its_resources_along(stack: Stack, cloud: Cloud) -> None:
    """The old resource is deleted with the old provider's configuration, before the old provider goes."""
    program = """
        mine = FakeProvider("mine", region="{0}")
        Thing("a", name="in-{0}", value="1", opts=ResourceOptions(provider=mine))
    """
    stack.up(program.format("east"))
    cloud.configurations.clear()
    result = stack.up(program.format("west"))
    assert ops(result) == {"a": "replace"}
    assert result.counts == {"replace": 2, "same": 1}
    assert [configuration["region"] for configuration in cloud.configurations] == ["west", "east"]
    assert set(cloud.objects) == {"in-west"}
    assert stack.resources()["mine"]["inputs"]["region"] == "west"


def test_destroy_configures_providers_from_the_state_without_running_the_program(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        mine = FakeProvider("mine", region="here", key=pulumi.Output.secret("k"))
        Thing("a", value="1", opts=ResourceOptions(provider=mine))
    """)
    cloud.configurations.clear()
    stack.write("raise RuntimeError('run')")
    assert stack.destroy().ok
    assert cloud.configurations == [{"region": "here", "key": "k"}]
    assert cloud.objects == {}
    assert stack.resources() == {}


def test_a_package_without_a_provider_is_named(stack: Stack) -> None:
    result = stack.up(
        """
        class Other(pulumi.CustomResource):
            def __init__(self, name):
                super().__init__("other:index:Thing", name, {})
        Other("a")
        """,
        fails=True,
    )
    assert "There is no provider for package 'other'" in errors(result)
    assert "pulumi-resource-other" in errors(result)


def test_a_default_provider_that_fails_is_reported_once(stack: Stack, cloud: Cloud) -> None:
    def refuse(method: str, _name: str) -> None:
        if method == "configure":
            raise ConnectionError("no credentials")

    cloud.on_call = refuse
    result = stack.up(
        """
        for number in range(3):
            Thing(f"thing-{number}", value="1")
        """,
        fails=True,
    )
    assert errors(result).count("no credentials") == 1
    assert result.diagnostics[-1].message == "3 resources were left alone: thing-0, thing-1, thing-2."


def test_a_component_that_becomes_a_resource_or_the_other_way_round_is_replaced(stack: Stack, cloud: Cloud) -> None:
    component = """
        class Both(pulumi.ComponentResource):
            def __init__(self, name):
                super().__init__("fake:index:Both", name)
        Both("a")
    """
    stack.up(component)
    assert ops(stack.up('Thing("a", type="Both", value="1")')) == {"a": "replace"}
    assert set(cloud.objects) == {"a"}
    assert ops(stack.up(component)) == {"a": "replace"}
    assert cloud.objects == {}
    assert "id" not in stack.resources()["a"]
