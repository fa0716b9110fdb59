"""A stack file is read as the Pulumi CLI reads it, and nothing in it is decrypted."""

import json
from pathlib import Path

import pytest

from settings.stack_configuration import ENCRYPTED
from settings.stack_file import StackFileError, read

PROJECT = "name: shop\nruntime: python\n"


def write(directory: Path, stack: str, project: str = PROJECT) -> Path:
    (directory / "Pulumi.yaml").write_text(project)
    (directory / "Pulumi.dev.yaml").write_text(stack)
    return directory


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("red", "red"),
        ("", ""),
        ("5", "5"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("True", "true"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("[yes, true, 12:30, 8, 0.5, null]", '["yes", true, "12:30", 8, 0.5, null]'),
        ("{a: {b: 1}}", '{"a": {"b": 1}}'),
    ],
)
def test_a_value_becomes_the_text_that_pulumi_makes_of_it(tmp_path: Path, written: str, text: str) -> None:
    configuration = read(write(tmp_path, f"config:\n  shop:key: {written}\n"), "dev")
    assert configuration.values == {"key": text}
    assert not configuration.encrypted


def test_keys_without_a_namespace_are_the_projects_and_those_of_other_namespaces_are_left_out(tmp_path: Path) -> None:
    stack = "config:\n  size: 3\n  shop:colour: red\n  gcp:project: other\n"
    assert read(write(tmp_path, stack), "dev").values == {"size": "3", "colour": "red"}


def test_the_stack_file_lies_over_values_and_defaults_of_the_project_file(tmp_path: Path) -> None:
    project = f"""{PROJECT}config:
  pulumi:disable-default-providers: {{value: ["*"]}}
  size: {{type: integer}}
  colour: {{default: red}}
  image: {{type: object, default: {{}}}}
  zone: a
"""
    values = read(write(tmp_path, "config: {shop:image: {tag: b}}", project), "dev").values
    assert values == {"colour": "red", "image": '{"tag": "b"}', "zone": "a"}


def test_encrypted_values_are_known_to_be_there_and_stay_closed(tmp_path: Path) -> None:
    stack = "config:\n  token: {secure: v1:whole}\n  login: {name: me, word: {secure: v1:part}}\n  plain: a\n"
    configuration = read(write(tmp_path, stack), "dev")
    assert configuration.encrypted == {"token", "login"}
    assert configuration.values["token"] is None
    assert json.loads(configuration.values["login"] or "") == {"name": "me", "word": ENCRYPTED}
    assert "v1:" not in repr(configuration)


def test_a_file_that_states_nothing_has_no_values(tmp_path: Path) -> None:
    assert read(write(tmp_path, "# encryptionsalt to come\n"), "dev").values == {}


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("config: [canary", r"Pulumi\.dev\.yaml is not YAML .* line 1"),
        ("config:\n  a: 1\n  a: canary\n", r"the key a is repeated\n.* line 3"),
        ("- canary\n", r"Pulumi\.dev\.yaml must hold a mapping"),
        ("config: canary\n", r"`config` in .*Pulumi\.dev\.yaml must hold a mapping"),
    ],
)
def test_a_file_that_pulumi_could_not_read_is_refused_by_name_and_quotes_no_value(
    tmp_path: Path, stack: str, message: str
) -> None:
    with pytest.raises(StackFileError, match=rf"(?s){message}") as error:
        read(write(tmp_path, stack), "dev")
    assert "canary" not in str(error.value)


def test_an_unknown_stack_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / "Pulumi.My.Stack.yaml").touch()
    with pytest.raises(StackFileError, match=r"no stack 'prod'.* Choose one of: My\.Stack, dev\."):
        read(tmp_path, "prod")


def test_a_directory_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="no Pulumi project"):
        read(tmp_path, "dev")
