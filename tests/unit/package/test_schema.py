"""The components as programs in other languages see them."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest

from package.cluster import OwnClusterSettings
from package.schema import COMPONENTS, FILE, NAME, schema
from package.web_service import WebServiceSettings
from settings.google import GoogleSettings
from settings.ingress import DnsSettings
from settings.model import Model
from settings.network import NetworkSettings
from settings.node_pool import NodePoolSettings
from settings.scaling import ScalingSettings

MODELS: dict[str, type[Model]] = {
    "resources/Cluster": OwnClusterSettings,
    "resources/WebService": WebServiceSettings,
    "types/Google": GoogleSettings,
    "types/Dns": DnsSettings,
    "types/Ranges": NetworkSettings,
    "types/NodePool": NodePoolSettings,
    "types/Scaling": ScalingSettings,
}
"""The settings that arguments become, by where those are in the schema."""

PLUGIN = schema()

OWN_WORDS = ("zone",)
"""Arguments whose settings are described with names of the web app's program."""

OUTPUTS = ("image", "registryToken", "secretVariables")
"""Arguments that may be outputs of other resources: they are in no settings."""


def inputs(place: str) -> dict[str, Any]:
    """The documented arguments at a place of the schema."""
    section, _, name = place.partition("/")
    found = PLUGIN[section][f"{NAME}:index:{name}"]
    return found["inputProperties"] if section == "resources" else found["properties"]


def undocumented(thing: Any, path: str = "") -> Iterator[str]:
    """Where the schema has an input, an output or a component without a description."""
    for section in ("resources", "types", "inputProperties", "properties"):
        for name, each in thing.get(section, {}).items():
            if not each.get("description"):
                yield f"{path}/{name}"
            yield from undocumented(each, f"{path}/{name}")


def test_the_committed_schema_is_what_the_components_are() -> None:
    assert json.loads(FILE.read_text()) == PLUGIN, "run `python -m package.schema`"


def test_everything_is_described() -> None:
    assert list(undocumented(PLUGIN)) == []


def test_every_component_of_the_room_is_offered() -> None:
    assert {name.rpartition(":")[2] for name in PLUGIN["resources"]} == {each.__name__ for each in COMPONENTS}
    assert all(inspect.getdoc(each) for each in COMPONENTS)


@pytest.mark.parametrize(("place", "model"), MODELS.items())
def test_arguments_are_those_of_the_settings_and_say_the_same(place: str, model: type[Model]) -> None:
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    for name, argument in inputs(place).items():
        if name in OUTPUTS:
            continue
        said, field = argument["description"].split(), known[name]
        if field.description and name not in OWN_WORDS:
            assert said == field.description.split(), name
        assert argument["plain"], f"{name} is checked before anything exists, so it has to be known by then"


@pytest.mark.parametrize("place", ["resources/Cluster", "resources/WebService"])
def test_what_the_settings_require_is_required(place: str) -> None:
    section, _, name = place.partition("/")
    required = {field.alias or key for key, field in MODELS[place].model_fields.items() if field.is_required()}
    assert set(PLUGIN[section][f"{NAME}:index:{name}"]["requiredInputs"]) - set(OUTPUTS) == required
