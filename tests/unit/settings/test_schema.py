"""The committed schema describes the stack files as the program reads them."""

import yaml

from settings import reference, schema
from settings.stack import Settings
from settings.stack_configuration import SECRETS
from tests.unit.recording import PROJECT, REPOSITORY


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = (REPOSITORY / "docs" / "stack.schema.json").read_text()
    assert committed == schema.text(), "run `python -m settings` and commit docs/stack.schema.json"


def test_the_committed_reference_is_the_generated_one() -> None:
    committed = (REPOSITORY / "docs" / "configuration.md").read_text()
    assert committed == reference.text(), "run `python -m settings` and commit docs/configuration.md"


def test_the_reference_leads_to_every_key_of_every_model() -> None:
    text = reference.text()
    for name, model in schema.schema()["$defs"].items():
        for key in model["properties"]:
            assert f".{key}` | " in text, f"{name}.{key}"


def test_the_project_file_declares_exactly_the_keys_of_the_schema() -> None:
    declared = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]
    own = {key for key in declared if ":" not in key}
    assert {f"{PROJECT}:{key}" for key in own} == set(schema.schema()["properties"]["config"]["properties"])


def test_declared_defaults_are_empty_so_that_the_models_alone_decide() -> None:
    declared = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]
    assert not [key for key, value in declared.items() if ":" not in key and value["default"]]


def test_secrets_are_declared_secret_and_never_part_of_the_models() -> None:
    declared = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["config"]
    assert {key for key, value in declared.items() if value.get("secret")} == set(SECRETS)
    assert not {field.alias for field in Settings.model_fields.values()} & set(SECRETS)


def test_every_key_is_described() -> None:
    for name, model in schema.schema()["$defs"].items():
        for key, value in model["properties"].items():
            assert "description" in value or "$ref" in value or name == "Amounts", f"{name}.{key}"
