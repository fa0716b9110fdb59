"""What has gone wrong for others: rules of the whole program that belong to no single component."""

import importlib
import inspect
import pkgutil
import typing

import pulumi
import pytest
import yaml

import components
from tests.unit.conftest import recorded
from tests.unit.recording import REPOSITORY, Recording


@pytest.fixture(params=["staging", "prod"])
def staging_and_prod(request: pytest.FixtureRequest) -> Recording:
    return recorded(request.param)


def constructors() -> list[type[pulumi.ComponentResource]]:
    """Every component."""
    found: list[type[pulumi.ComponentResource]] = []
    for module in pkgutil.iter_modules(components.__path__):
        members = vars(importlib.import_module(f"components.{module.name}")).values()
        found += [
            each
            for each in members
            if inspect.isclass(each)
            and issubclass(each, pulumi.ComponentResource)
            and each.__module__ == f"components.{module.name}"
            and "__init__" in vars(each)
            and not inspect.isabstract(each)
        ]
    return found


def test_only_the_kubernetes_provider_is_deleted_with_another_and_no_hook_runs_at_a_deletion(stack: Recording) -> None:
    for each in stack.registered:
        owner = stack.one("Cluster").urn if each.type == "pulumi:providers:kubernetes" else ""
        assert each.request.deletedWith == owner, f"{each.urn}: it would be replaced with its owner"
        hooks = each.request.hooks
        assert not [*hooks.before_delete, *hooks.after_delete], f"{each.urn}: a destroy would need the program"


def test_where_an_outage_matters_at_least_two_pods_serve_and_one_stays(staging_and_prod: Recording) -> None:
    replicas = staging_and_prod.one("Deployment").inputs["spec"]["replicas"]
    scalers = [each.inputs["spec"]["minReplicas"] for each in staging_and_prod.of("HorizontalPodAutoscaler")]
    assert min([replicas, *scalers]) >= 2
    assert staging_and_prod.one("PodDisruptionBudget").inputs["spec"]["maxUnavailable"] == 1


def test_a_pod_goes_through_its_whole_drain_before_it_is_killed(stack: Recording) -> None:
    template = stack.one("Deployment").inputs["spec"]["template"]["spec"]
    (container,) = template["containers"]
    slept = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    drained = stack.one("BackendConfig").inputs["spec"]["connectionDraining"]["drainingTimeoutSec"]
    assert drained <= slept < template["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("component", constructors(), ids=lambda each: each.__name__)
def test_a_component_takes_a_name_a_typed_dictionary_and_options(
    component: type[pulumi.ComponentResource],
) -> None:
    init = component.__init__
    assert list(inspect.signature(init).parameters) == ["self", "name", "args", "opts"]
    assert typing.is_typeddict(typing.get_type_hints(init)["args"])


def test_the_project_names_its_toolchain_and_its_virtual_environment() -> None:
    options = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["runtime"]["options"]
    assert options == {"toolchain": "pip", "virtualenv": ".venv"}, "a lock file in a directory above would choose"
