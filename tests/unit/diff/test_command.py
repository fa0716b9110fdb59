"""`python -m sandbox diff`, from the repository to the exit code, before anything is evaluated."""

from pathlib import Path

import pytest

from sandbox.diff.schema import PATH, schema
from tests.unit.diff.repository import repository, run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "nowhere"), "Name a commit that this checkout has"),
        (("--base=--output=x",), "Name a commit that this checkout has"),
        (("--base", "main", "--stack", "qa"), "There is no stack 'qa'"),
        (("--base", "main", "--allow", "everything"), "names neither a class of risk nor a URN"),
        (("--base", "main", "--json", "--markdown"), "exclude each other"),
    ],
)
def test_what_cannot_be_compared_is_an_error_with_a_remedy(
    arguments: tuple[str, ...],
    message: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, project, *arguments) == 1
    assert message in capsys.readouterr().err


def test_a_project_outside_a_repository_is_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.parent / ".git").rename(project.parent / "no.git")
    assert run(monkeypatch, project, "--base", "main") == 1
    assert "there is no base to compare with" in capsys.readouterr().err


def test_the_schema_in_the_documentation_is_that_of_the_models() -> None:
    assert PATH.read_text() == schema(), "Run `python -m sandbox.diff.schema`."
