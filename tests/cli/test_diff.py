"""`python -m sandbox diff` and `graph` with the real CLI, from the repository to the exit code."""

import json
import subprocess
from pathlib import Path

import pytest

from sandbox.diff.document import Document
from sandbox.graph import command
from sandbox.project import Project
from tests.unit.diff.repository import PROGRAM, git, repository, run

pytestmark = [pytest.mark.cli, pytest.mark.usefixtures("installation")]

ROOT = Path(__file__).parents[2]


long = pytest.mark.e2e
"""Tests that evaluate several stacks, for which a change's own tests would wait too long."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path)


def test_no_change_is_no_change_in_every_stack(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, project, "--base", "main", "--json") == 0
    document = Document.model_validate_json(capsys.readouterr().out)
    assert [(one.stack, one.state, one.changes) for one in document.stacks] == [
        ("dev", "both", ()),
        ("prod", "both", ()),
    ]


@long
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


@long
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


@long
def test_stacks_that_only_one_revision_has_are_told_apart(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "Pulumi.prod.yaml").rename(project / "Pulumi.staging.yaml")
    assert run(monkeypatch, project, "--base", "main", "--json") == 0
    stacks = {one["stack"]: one for one in json.loads(capsys.readouterr().out)["stacks"]}
    assert {name: one["state"] for name, one in stacks.items()} == {"dev": "both", "prod": "gone", "staging": "new"}
    assert stacks["prod"]["changes"] == []
    assert {change["op"] for change in stacks["staging"]["changes"]} == {"create"}


@long
def test_the_work_tree_is_compared_and_stays_as_it_is(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "__main__.py").write_text(PROGRAM.replace('{"name": "NAME"}', '{"name": "front", "labels": {"a": "b"}}'))
    (project / "untracked").touch()
    before = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, check=True).stdout
    assert run(monkeypatch, project, "--base", "main") == 0
    assert '+     labels.a: "b"' in capsys.readouterr().out
    status = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, check=True).stdout
    assert status.replace(b"?? __pycache__/\n", b"") == before


@long
def test_a_stack_that_cannot_be_evaluated_is_told_of_and_the_others_are_compared(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = (
        PROGRAM.replace("NAME", "front") + "\nif pulumi.get_stack() == 'dev':\n    raise ValueError('no such colour')\n"
    )
    (project / "__main__.py").write_text(broken)
    page = project / "page.html"
    assert run(monkeypatch, project, "--base", "main", "--html", str(page)) == 1
    comment = capsys.readouterr().out
    assert "| <code>dev</code> |  |  |  |  | ❌ could not be evaluated |" in comment
    assert "| <code>prod</code> |  |  |  |  | no change |" in comment
    assert "no such colour" in comment
    assert "no such colour" in page.read_text()
    assert run(monkeypatch, project, "--base", "main", "--json") == 1
    document = Document.model_validate_json(capsys.readouterr().out)
    assert [(one.stack, one.state, bool(one.error)) for one in document.stacks] == [
        ("dev", "failed", True),
        ("prod", "both", False),
    ]


@long
def test_a_cluster_of_a_kubeconfig_s_context_is_compared_without_the_file(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", top], check=True)
    stack = top / "Pulumi.dev.yaml"
    text = stack.read_text()
    assert "  gke-webapp:cluster:\n    deletionProtection: false\n" in text
    access = "  gke-webapp:cluster:\n    existing: {context: minikube, kubeconfig: ~/.kube/config}\n"
    stack.write_text(text.replace("  gke-webapp:cluster:\n    deletionProtection: false\n", access))
    graph = json.loads(command.render(Project(top), "dev", "json"))
    (provider,) = [node for node in graph["nodes"] if node["type"] == "pulumi:providers:kubernetes"]
    assert provider["inputs"]["kubeconfig"] == "~/.kube/config"


@pytest.mark.parametrize("form", ["html", "mermaid"])
def test_a_graph_names_every_resource(form: str, project: Path) -> None:
    assert "address" in command.render(Project(project), "dev", form)


def test_the_picture_in_the_documentation_is_that_of_the_dev_stack() -> None:
    drawn = command.render(Project(ROOT), "dev", "svg")
    remedy = "Run `python -m sandbox graph --svg > docs/graph.svg`."
    assert (ROOT / "docs" / "graph.svg").read_text() == drawn, remedy
