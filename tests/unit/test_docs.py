"""What the documentation tells people to type, to write and to open is there and does what it says."""

import ast
import re
import runpy
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from textwrap import indent
from typing import Any

import pulumi
import pytest
import typer
import yaml
from pydantic import Field

from operations.__main__ import app as operations
from sandbox.cli import app as sandbox
from sandbox.project import Project
from settings import configuration
from settings.mistake import SettingError
from settings.model import rule
from settings.pod import unread_options
from settings.stack import Settings
from settings.workload import Workloads
from tests.unit.conftest import recorded
from tests.unit.pages import OWN, REPOSITORY, Block, anchors, blocks, every_page, links, prose
from tests.unit.recording import CANARY, PROJECT, record, stack_config

PAGES = every_page()
CONSOLE = [block for page in PAGES for block in blocks(page) if block.language == "console"]
OWN_BLOCKS = [block for page in OWN for block in blocks(page)]
STACK_FILES = [block for block in OWN_BLOCKS if block.language == "yaml" and block.about]
TESTS = "".join(path.read_text() for path in REPOSITORY.glob("tests/**/test_*.py"))

ANYWHERE = {
    "make",
    "python",
    "python3",
    ".venv/bin/python",
    ".venv/bin/pip",
    "git",
    "cp",
    "sed",
    "curl",
    ".",
    ".sandbox/bin/kubectl",
}
"""What one machine can run."""

CLOUD = {"pulumi", "gcloud", "gh", "kubectl"}
"""What needs an account."""

SHELL = {"eval", "pulumi", "kubectl"}
"""What needs none in the sandbox's shell."""

CLIS = {"sandbox": sandbox, "operations": operations}


def id_of(value: Any) -> str:
    return str(value.relative_to(REPOSITORY) if isinstance(value, Path) else value)


def check(command: list[str]) -> None:
    """A command of our own is understood by who it is for; others pass."""
    if command[0] == "make":
        # What the target runs is a command again.
        run = ["make", "--dry-run", "--old-file=.venv/.installed", *command[1:]]
        done = subprocess.run(run, cwd=REPOSITORY, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        for line in done.stdout.splitlines():
            if " -m " in line:
                check(line.split(" > ")[0].split())
    elif command[1:2] == ["-m"] and command[2] in CLIS:
        group = typer.main.get_command(CLIS[command[2]])
        name, *arguments = command[3:]
        context = group.commands[name].make_context(name, arguments)  # pyright: ignore[reportAttributeAccessIssue]
        Project.find(context.params.get("project", "."))


def lines_for(page: str, file: str) -> str:
    """What a page tells people to write into a file."""
    (found,) = [each for each in blocks(REPOSITORY / "docs" / page) if (each.language, each.about) == ("python", file)]
    return found.text


@pytest.mark.parametrize("page", OWN, ids=id_of)
def test_commands_in_the_text_exist_with_their_options(page: Path) -> None:
    for command in re.findall(r"`((?:make|python -m) [^`]+)`", prose(page)):
        check(shlex.split(command))


@pytest.mark.parametrize("block", [block for block in CONSOLE if block.about == "cloud"], ids=id_of)
def test_kubectl_is_told_which_cluster_to_reach(block: Block) -> None:
    """The context that happens to be current may be that of any other cluster."""
    lines = [line.strip() for line in block.text.splitlines() if line.strip().startswith("kubectl ")]
    assert [line for line in lines if not re.match(r"kubectl --(kubeconfig|context) ", line)] == []


def needs_account(command: list[str]) -> bool:
    """Whether a command of our own asks Google."""
    return "--cloud" in command or command[1:3] == ["-m", "operations"]


@pytest.mark.parametrize("block", CONSOLE, ids=id_of)
def test_commands_of_our_own_exist_with_their_options(block: Block) -> None:
    for command in block.commands:
        check(command)


@pytest.mark.parametrize("block", [each for each in OWN_BLOCKS if each.language == "console"], ids=id_of)
def test_what_needs_an_account_is_named_so(block: Block) -> None:
    named = {command[0] for command in block.commands}
    assert block.about in ("", "fails", "cloud", "sandbox")
    in_cloud = [command for command in block.commands if command[0] in CLOUD or needs_account(command)]
    if block.about == "cloud":
        assert in_cloud, "one machine can run all of this"
    elif block.about == "sandbox":
        assert named & SHELL, "this needs no shell of the sandbox"
        assert named <= SHELL | ANYWHERE
    else:
        assert not in_cloud
    assert named <= CLOUD | SHELL | ANYWHERE


@pytest.mark.parametrize("block", STACK_FILES, ids=id_of)
def test_a_stack_file_that_is_shown_is_accepted(block: Block) -> None:
    stack, stated = block.about.split(".")[1], yaml.safe_load(block.text)["config"]
    file = REPOSITORY / block.about
    record(
        configuration.load,
        {**(stack_config(stack) if file.exists() else {}), **stated},
        {f"{PROJECT}:registryToken": CANARY},
        stack=stack,
    )


@pytest.mark.parametrize("block", [each for each in OWN_BLOCKS if each.language == "python"], ids=id_of)
def test_code_that_is_shown_is_python(block: Block) -> None:
    ast.parse(block.text)


def test_a_service_that_is_added_as_told_comes_up_with_the_pods_of_its_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = "how-to/add-a-service.md"
    names: dict[str, Any] = {
        "Field": Field,
        "Iterator": Iterator,
        "SettingError": SettingError,
        "Settings": Settings,
        "Workloads": Workloads,
        "__name__": __name__,
        "rule": rule,
        "unread_options": unread_options,
    }
    exec(f"class Extended(Settings):\n{indent(lines_for(page, 'settings/stack.py'), '    ')}", names)
    monkeypatch.setattr(configuration, "Settings", names["Extended"])
    (stated,) = [each for each in blocks(REPOSITORY / "docs" / page) if "gke-webapp:workers" in each.text]
    config = {**stack_config("dev"), **yaml.safe_load(stated.text)["config"]}

    def program() -> None:
        exec(lines_for(page, "__main__.py"), runpy.run_path("__main__.py", run_name="__main__"))

    with chdir(REPOSITORY):
        graph = record(
            program,
            config,
            {f"{PROJECT}:registryToken": CANARY},
        )
    app, mailer = (
        container
        for name in ("gke-webapp", "mailer")
        for each in graph.of("Deployment")
        if each.inputs["metadata"]["name"] == name
        for container in each.inputs["spec"]["template"]["spec"]["containers"]
    )
    assert mailer["command"] == config["gke-webapp:workers"]["mailer"]["command"]
    assert mailer["image"] == app["image"]
    assert {each.inputs["metadata"]["name"] for each in graph.of("Service")} == {"gke-webapp", "mailer"}


def test_an_import_as_told_names_what_the_dev_stack_has_one_of(monkeypatch: pytest.MonkeyPatch) -> None:
    adopting: list[Any] = []
    monkeypatch.setattr(pulumi.runtime, "register_resource_transform", adopting.append)
    names: dict[str, Any] = {"ResourceOptions": pulumi.ResourceOptions}
    exec(lines_for("how-to/import-a-deployment.md", "__main__.py"), names)
    for kind, found in names["EXISTING"].items():
        args = pulumi.ResourceTransformArgs(True, kind, "app", {}, pulumi.ResourceOptions())
        result = adopting[0](args)
        assert result is not None and result.opts.import_ == found
        (resource,) = [each for each in recorded("dev").custom if each.type == kind]
        metadata = resource.inputs.get("metadata", resource.inputs)
        path = [metadata["namespace"], metadata["name"]] if "namespace" in metadata else [metadata["name"]]
        assert found.split("/")[-len(path) :] == path
    assert adopting[0](pulumi.ResourceTransformArgs(True, "other", "app", {}, pulumi.ResourceOptions())) is None


@pytest.mark.parametrize("page", PAGES, ids=id_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path) if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", OWN, ids=id_of)
def test_every_file_that_is_named_exists(page: Path) -> None:
    for name in re.findall(r"`([\w./-]+/[\w.-]*\.(?:py|md|ya?ml|json|mod|sh))`", prose(page)):
        assert name.startswith(".sandbox/") or (REPOSITORY / name).exists(), name


@pytest.mark.parametrize("page", OWN, ids=id_of)
def test_every_test_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`(test_\w+)`", page.read_text())
    assert [name for name in named if f"def {name}(" not in TESTS] == []


def test_every_pitfall_is_held_by_a_test() -> None:
    pitfalls = re.split(r"^### ", (REPOSITORY / "docs" / "pitfalls.md").read_text(), flags=re.MULTILINE)[1:]
    assert len(pitfalls) > 20
    assert [each.splitlines()[0] for each in pitfalls if not re.search(r"^Held by.*`test_", each, re.MULTILINE)] == []


def test_the_index_leads_to_every_page() -> None:
    docs = REPOSITORY / "docs"
    pages = {path for path in PAGES if path.is_relative_to(docs)} - {docs / "README.md"}
    # The example's parts are explained by its own page.
    pages -= {path for path in pages if path.parent == docs / "examples" and path.name != "README.md"}
    reached = {(docs / path).resolve() for path, _ in links(docs / "README.md")}
    assert {str(page.relative_to(docs)) for page in pages - reached} == set()


def test_decisions_are_numbered_without_a_gap_and_listed_by_their_titles() -> None:
    index = " ".join((REPOSITORY / "docs" / "README.md").read_text().split())
    for number, page in enumerate(sorted(REPOSITORY.glob("docs/adr/*.md")), 1):
        title = page.read_text().splitlines()[0].removeprefix("# ")
        assert page.name.startswith(f"{number:04}-")
        assert title.startswith(f"{number}. ")
        assert f"[{title}](adr/{page.name})" in index
