from pathlib import Path

import pytest

from sandbox.pulumi.invocation import Invocation


@pytest.mark.parametrize(
    "arguments",
    [
        ["up", "--stack", "prod"],
        ["up", "--stack=prod"],
        ["up", "-s", "prod"],
        ["up", "-sprod"],
        ["--stack", "organization/example/prod", "up"],
        ["stack", "init", "prod"],
        ["stack", "rm", "--yes", "prod"],
        ["stack", "init", "--secrets-provider", "passphrase", "prod"],
    ],
)
def test_the_stack_is_found_wherever_the_cli_takes_it(arguments: list[str]) -> None:
    assert Invocation.parse(arguments).stack == "prod"


def test_a_command_that_names_no_stack_has_none() -> None:
    assert Invocation.parse(["stack", "output", "url"]).stack is None
    assert Invocation.parse([]).stack is None


@pytest.mark.parametrize("flag", [["-C", "{}"], ["--cwd", "{}"], ["--cwd={}"], ["-C{}"]])
def test_the_project_is_looked_for_upwards_from_the_directory_of_the_command(flag: list[str], tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    below = tmp_path / "app" / "src"
    below.mkdir(parents=True)
    invocation = Invocation.parse(["preview", *(part.format(below) for part in flag)])
    assert invocation.project == tmp_path
    assert invocation.rest == ["preview"]


def test_the_value_of_an_option_is_no_command() -> None:
    assert Invocation.parse(["--color", "never", "up", "--target", "urn", "--diff"]).words == ["up"]
