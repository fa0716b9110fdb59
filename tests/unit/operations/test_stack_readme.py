"""The page that Pulumi's console shows of a stack."""

import re

import pytest

from operations.__main__ import app as operations
from sandbox.cli import app as sandbox
from tests.unit.recording import REPOSITORY, record_stack

README = (REPOSITORY / "Pulumi.README.md").read_text()
PAGES = [README, (REPOSITORY / "docs" / "operations.md").read_text()]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_everything_it_refers_to_is_an_output_that_is_no_secret(stack: str) -> None:
    outputs = record_stack(stack).outputs
    assert outputs["readme"] == README
    named = set(re.findall(r"\$\{outputs\.([^}]*)\}", README))
    assert len(named) > 5
    assert {name: outputs.get(name) for name in named if outputs.get(name) in (None, "[secret]")} == {}
    assert set(re.findall(r"\$\{([^.}]*)", README)) == {"outputs"}


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_that_documentation_names_exist(page: str) -> None:
    named = set(re.findall(r"python -m (\w+ \w+)", page))
    assert len(named) > 2
    there = {
        f"{module} {command.name or command.callback.__name__}"
        for module, app in {"operations": operations, "sandbox": sandbox}.items()
        for command in app.registered_commands
        if command.callback
    }
    assert named - there == set()
