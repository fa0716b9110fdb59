"""The stack file counts as its author wrote it: the sandbox's overlay hides no mistake and adds none."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.errors import SandboxError
from sandbox.project import Project
from sandbox.validation import validate
from tests.unit.recording import REPOSITORY

PROJECTS = (REPOSITORY, *sorted(file.parent for file in REPOSITORY.glob("examples/*/Pulumi.yaml")))
STACKS = [(directory, stack) for directory in PROJECTS for stack in Project(directory).stacks]


def names(value: Any) -> str | None:
    return value.name if isinstance(value, Path) else None


def copy(directory: Path, to: Path, **changes: Any) -> Project:
    """The project's files beside each other, with some keys of its dev stack changed; None removes a key."""
    for file in (*directory.glob("*.yaml"), *directory.glob("*.py")):
        shutil.copy(file, to)
    project, file = Project(to), to / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text())
    config = content["config"] | {f"{project.name}:{key}": value for key, value in changes.items()}
    content["config"] = {key: value for key, value in config.items() if value is not None}
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return project


def refusal(project: Project) -> str:
    with pytest.raises(SandboxError) as error:
        validate(project, "dev")
    return str(error.value)


@pytest.mark.parametrize(("directory", "stack"), STACKS, ids=names)
def test_every_committed_stack_file_is_valid(directory: Path, stack: str) -> None:
    validate(Project(directory), stack)


@pytest.mark.parametrize("directory", PROJECTS, ids=names)
def test_a_broken_stack_file_of_every_project_is_refused_with_all_its_mistakes(directory: Path, tmp_path: Path) -> None:
    project = copy(directory, tmp_path, cluster={}, registryUsername=None, colour="mauve")
    text = refusal(project)
    assert text.startswith("Pulumi.dev.yaml has 3 mistakes, so nothing was changed.")
    for key in ("cluster.deletionProtection", "registryUsername", "colour"):
        assert f"\n  {project.name}:{key} = " in text


def test_an_impossible_repository_and_project_are_refused_although_the_overlay_has_others(tmp_path: Path) -> None:
    google = {"project": "My Project 123", "region": "europe-west1"}
    text = refusal(copy(REPOSITORY, tmp_path, google=google, image={"repository": "GHCR.io/Example/App"}))
    assert "has 2 mistakes" in text
    assert '\n  gke-webapp:google.project = "My Project 123"\n' in text
    assert '\n  gke-webapp:image.repository = "GHCR.io/Example/App"\n' in text


def test_a_repository_of_artifact_registry_may_be_created_although_the_overlay_has_another(tmp_path: Path) -> None:
    repository = "europe-west1-docker.pkg.dev/example-project/images/app"
    validate(copy(REPOSITORY, tmp_path, image={"repository": repository, "createRepository": True}), "dev")


def test_a_mistake_shows_the_value_of_the_stack_file_alone(tmp_path: Path) -> None:
    text = refusal(copy(REPOSITORY, tmp_path, image={"repository": "ghcr.io/example/app", "createRepository": True}))
    assert "\n  gke-webapp:image.createRepository = true\n" in text
    assert "createRepository says nothing about ghcr.io" in text
    assert "localhost" not in text


def test_a_secret_that_the_overlay_does_not_provide_is_missing(tmp_path: Path) -> None:
    project = copy(REPOSITORY / "examples" / "imageview", tmp_path)
    overlay = yaml.safe_load((tmp_path / "sandbox.yaml").read_text())
    del overlay["config"]["imageview:apiKey"]
    (tmp_path / "sandbox.yaml").write_text(yaml.safe_dump(overlay))
    text = refusal(project)
    assert "has 1 mistake," in text
    assert "imageview:apiKey = [missing]" in text


def test_a_project_without_a_validator_needs_only_a_stack_file_that_can_be_read(project: Project) -> None:
    validate(project, "dev")
    (project.directory / "Pulumi.dev.yaml").write_text("config: [")
    assert "Pulumi.dev.yaml is not YAML" in refusal(project)
    (project.directory / "Pulumi.dev.yaml").write_text("[]")
    assert "must hold a mapping" in refusal(project)
    (project.directory / "Pulumi.dev.yaml").unlink()
    assert "There is no stack 'dev'" in refusal(project)
    assert "Choose one of: prod" in refusal(project)


@pytest.fixture
def validated(project: Project) -> Project:
    """A project whose validator repeats its arguments as mistakes."""
    (project.directory / "sandbox.yaml").write_text(
        "config:\n  shop:token: {secret: '${registry.token}'}\n  shop:logins: {a: [{secret: b}]}\nvalidator: check\n"
    )
    (project.directory / "check.py").write_text("import sys\nsys.exit(bool(print(*sys.argv[1:])) or 1)\n")
    return project


def test_the_validator_runs_in_the_projects_directory_and_is_told_the_secrets_of_the_overlay(
    validated: Project,
) -> None:
    assert refusal(validated) == "--stack dev --provided=shop:token --provided=shop:logins"


def test_the_validator_runs_in_the_projects_virtualenv(validated: Project) -> None:
    python = validated.directory / "own" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "own Python: $*"\nexit 1\n')
    python.chmod(0o755)
    (validated.directory / "Pulumi.yaml").write_text(
        "name: shop\nruntime: {name: python, options: {virtualenv: own}}\n"
    )
    assert refusal(validated).startswith("own Python: -m check --stack dev")


@pytest.mark.parametrize(
    ("module", "cause"), [("1 / 0\n", "ZeroDivisionError"), (None, "No module named check"), ("exit(3)\n", "with 3")]
)
def test_a_validator_that_fails_is_named_with_the_cause(validated: Project, module: str | None, cause: str) -> None:
    file = validated.directory / "check.py"
    file.write_text(module) if module else file.unlink()
    text = refusal(validated)
    assert text.startswith(f"check, the validator in {validated.directory / 'sandbox.yaml'}, ended with ")
    assert cause in text
