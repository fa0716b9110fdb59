"""A recorded program sees its configuration as the CLI would give it, and what it sends is read as an API would."""

import json
from pathlib import Path

import pulumi
import pytest

from tests.unit.recording import Recording, record, record_program

PROJECT = """
name: shop
config:
  size: {default: small}
  colour: {value: green}
  token: {secret: true}
"""
STACK = """
config:
  shop:colour: blue
  shop:token: {secure: "v1:abc"}
  shop:login: {name: anna, password: {secure: "v1:def"}}
"""
PROGRAM = """
import pulumi

config = pulumi.Config()
for key in ("size", "colour"):
    pulumi.export(key, config.require(key))
pulumi.export("token", config.require_secret("token"))
pulumi.export("login", config.require_secret_object("login"))
pulumi.export("name", pulumi.Output.unsecret(config.require_secret_object("login")).apply(lambda login: login["name"]))
pulumi.export("secret", pulumi.Output.unsecret(config.require_secret("token")))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Recording:
    for name, text in {"Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": STACK, "__main__.py": PROGRAM}.items():
        (tmp_path / name).write_text(text)
    return record_program(tmp_path, "dev")


def test_the_stack_file_wins_over_the_defaults_of_the_project_file(shop: Recording) -> None:
    assert (shop.outputs["size"], shop.outputs["colour"]) == ("small", "blue")


def test_a_value_that_is_encrypted_in_the_stack_file_is_secret(shop: Recording) -> None:
    assert shop.outputs["token"] == shop.outputs["login"] == "[secret]"
    assert shop.outputs["name"] == "anna"


def test_a_ciphertext_is_opaque_text_that_reads_as_a_json_object_of_texts(shop: Recording) -> None:
    assert json.loads(shop.outputs["secret"]) == {"ENCRYPTED": "v1:abc"}


def test_whole_numbers_are_recorded_as_integers() -> None:
    recording = record(lambda: pulumi.export("ports", [8000, 0.5]))
    assert [type(number) for number in recording.outputs["ports"]] == [int, float]
