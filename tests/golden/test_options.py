"""Every option of a stack file is stated by some stack or variant, so that a golden file shows its effect."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from imageview import ImageView
from orchestrate import Orchestrate
from pr12er import Pr12er
from tour_stack import Tour

from settings.bootstrap import BootstrapSettings
from settings.model import Model
from settings.stack import Settings
from settings.stack_configuration import REGISTRY_TOKEN, secret_keys
from settings.system import SystemSettings
from tests.golden.stacks import EVERY_STACK, VARIANTS, stated

MODELS: Mapping[str, type[Model]] = {
    "gke-webapp": Settings,
    "gke-webapp-bootstrap": BootstrapSettings,
    "imageview": ImageView,
    "orchestrate": Orchestrate,
    "pr12er": Pr12er,
    "tour": Tour,
}
"""Settings by project."""

FILES = [(str(each).rpartition("-")[0], each.name, stated(each)) for each in EVERY_STACK] + [
    (variant.project, variant.stack.name, variant.config) for variant in VARIANTS
]
"""Project, stack and configuration of every stack and variant."""


def name(model: type[Model], field: str) -> str:
    """Key of an option after the model that declares it, which several may inherit."""
    owner = next(each for each in model.__mro__ if field in inspect.get_annotations(each))
    return f"{owner.__name__}.{model.model_fields[field].alias}"


def models(annotation: Any) -> Iterator[type[Model]]:
    """Settings models in a type, at any depth."""
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for each in get_args(annotation):
        yield from models(each)


def stated_options(value: Any) -> Iterator[str]:
    """Options that a stack file states, in validated settings."""
    if isinstance(value, Model):
        for field in value.model_fields_set:
            yield name(type(value), field)
            yield from stated_options(getattr(value, field))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from stated_options(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from stated_options(each)


@pytest.fixture(scope="module")
def stated_somewhere() -> set[str]:
    found: set[str] = set()
    for project, stack, config in FILES:
        model = MODELS[project]
        values = {key.removeprefix(f"{project}:"): value for key, value in config.items()}
        plain = {key: value for key, value in values.items() if key not in secret_keys(model)}
        environment = {"environment": stack} if issubclass(model, SystemSettings) else {}
        settings = model.model_validate_json(json.dumps(environment | plain))
        options = {*stated_options(settings)}
        found |= options if "environment" in plain else options - {"SystemSettings.environment"}
    return found


def test_every_option_is_stated_by_a_stack_or_variant(stated_somewhere: set[str]) -> None:
    options = {name(each, field) for model in MODELS.values() for each in models(model) for field in each.model_fields}
    assert sorted(options - stated_somewhere) == []


def test_every_optional_secret_is_stated_by_a_variant() -> None:
    keys = {key for _, _, config in FILES for key in config}
    optional = {f"gke-webapp:{key}" for key in secret_keys(Settings)} - {f"gke-webapp:{REGISTRY_TOKEN}"}
    assert optional <= keys
