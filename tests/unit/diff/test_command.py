"""`python -m sandbox diff`, on a repository of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import cli
from sandbox.diff.document import Document
from sandbox.diff.schema import PATH, schema

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

google = pulumi.ResourceOptions(provider=Provider("google", project="example", region="europe-west1"))
pulumi.CustomResource("gcp:compute/globalAddress:GlobalAddress", "address", {"name": "NAME"}, google)
"""


def git(directory: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", directory, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project below the top of a repository, with one commit."""
    top = tmp_path / "repository"
    directory = top / "project"
    directory.mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (directory / "__main__.py").write_text(PROGRAM.replace("NAME", "front"))
    for stack in ("dev", "prod"):
        (directory / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    git(top, "init", "--initial-branch=main")
    git(top, "add", ".")
    git(top, "commit", "--message=one")
    return directory


def run(monkeypatch: pytest.MonkeyPatch, project: Path, *arguments: str) -> int:
    """The exit code of `python -m sandbox diff` on the project."""
    monkeypatch.setattr(sys, "argv", ["sandbox", "diff", "--project", str(project), *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_no_change_is_no_change_in_every_stack(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, project, "--base", "main", "--json") == 0
    document = Document.model_validate_json(capsys.readouterr().out)
    assert [(one.stack, one.state, one.changes) for one in document.stacks] == [
        ("dev", "both", ()),
        ("prod", "both", ()),
    ]


def test_a_loss_ends_with_its_own_code_unless_it_is_allowed_and_the_same_input_gives_the_same_text(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "__main__.py").write_text(PROGRAM.replace("NAME", "back"))
    assert run(monkeypatch, project, "--base", "main") == 3
    first = capsys.readouterr().out
    assert run(monkeypatch, project, "--base", "main") == 3
    assert capsys.readouterr().out == first
    assert "⛔ blocked: address" in first
    page = project / "page.html"
    assert run(monkeypatch, project, "--base", "HEAD", "--stack", "dev", "--allow", "address", "--html", str(page)) == 0
    assert "✅ allowed: address" in capsys.readouterr().out
    assert "Infrastructure diff of shop" in page.read_text()


def test_what_is_lost_along_with_a_replacement_and_left_the_program_is_blocked(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The subnetwork keeps its name, so it is deleted before it is made anew, and the cluster before that."""
    subnetwork = """
subnetwork = pulumi.CustomResource(
    "gcp:compute/subnetwork:Subnetwork", "subnetwork", {"name": "a", "network": "n", "ipCidrRange": "RANGE"}, google
)
"""
    cluster = """
pulumi.CustomResource("gcp:container/cluster:Cluster", "cluster", {"name": "main", "subnetwork": subnetwork.id}, google)
"""
    program = PROGRAM.replace("NAME", "front") + subnetwork
    (project / "__main__.py").write_text(program.replace("RANGE", "10.0.0.0/20") + cluster)
    git(project, "commit", "--all", "--message=two")
    (project / "__main__.py").write_text(program.replace("RANGE", "10.1.0.0/20"))
    assert run(monkeypatch, project, "--base", "main", "--stack", "dev", "--json") == 3
    (diff,) = Document.model_validate_json(capsys.readouterr().out).stacks
    assert {one.name: one.op for one in diff.changes} == {"subnetwork": "replace", "cluster": "delete"}
    assert [(one.level, one.risk) for one in diff.findings] == [("blocked", "cluster")]


def test_stacks_that_only_one_revision_has_are_told_apart(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "Pulumi.prod.yaml").rename(project / "Pulumi.staging.yaml")
    assert run(monkeypatch, project, "--base", "main", "--json") == 0
    stacks = {one["stack"]: one for one in json.loads(capsys.readouterr().out)["stacks"]}
    assert {name: one["state"] for name, one in stacks.items()} == {"dev": "both", "prod": "gone", "staging": "new"}
    assert stacks["prod"]["changes"] == []
    assert {change["op"] for change in stacks["staging"]["changes"]} == {"create"}


def test_the_work_tree_is_compared_and_stays_as_it_is(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "__main__.py").write_text(PROGRAM.replace('{"name": "NAME"}', '{"name": "front", "labels": {"a": "b"}}'))
    (project / "untracked").touch()
    before = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, check=True).stdout
    assert run(monkeypatch, project, "--base", "main") == 0
    assert '+     labels: {"a": "b"}' in capsys.readouterr().out
    status = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, check=True).stdout
    assert status.replace(b"?? __pycache__/\n", b"") == before


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
