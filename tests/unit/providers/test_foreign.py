"""Programs that know nothing of this project preview without a cluster, as with the published provider."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandbox.engine import secrets
from sandbox.engine.engine import Engine
from sandbox.engine.events import Result
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.providers import BUILTIN

FOREIGN = Path(__file__).parents[2] / "foreign"

KINDS: dict[str, dict[str, int]] = {
    "guestbook": {"Namespace": 1, "Deployment": 3, "Service": 3},
    "autonamed": {"ConfigMap": 1, "Secret": 1, "Deployment": 1, "Service": 1},
    "job": {"ConfigMap": 1, "Job": 1, "CronJob": 1},
    "rbac": dict.fromkeys(
        ("Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Pod"), 1
    ),
    "custom": {"CustomResourceDefinition": 1, "CronTab": 1},
    "stateful": {"Service": 1, "StatefulSet": 1, "PersistentVolumeClaim": 1},
    "manifests": {"ConfigMap": 3, "Deployment": 1, "Service": 1, "ConfigFile": 3, "ConfigGroup": 1},
}
"""What each program declares; `patches` also looks at an object, and has a test of its own."""


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Plugins]:
    """With no real plugin in reach."""
    monkeypatch.setattr(secrets, "ITERATIONS", 1)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PATH", str(tmp_path))
    plugins = Plugins(BUILTIN)
    yield plugins
    plugins.close()


def preview(name: str, plugins: Plugins, state: Path) -> Result:
    project = yaml.safe_load((FOREIGN / name / "Pulumi.yaml").read_text())
    config = {f"{project['name']}:{key}": str(value["default"]) for key, value in project["config"].items()}
    program = Program(FOREIGN / name, project["name"], "dev", config, frozenset())
    return Engine(program, state / "dev.json", "correct horse", plugins, lambda _event: None).preview()


# The SDK registers the children of a manifest with a spelling of its own that it finds old.
@pytest.mark.filterwarnings("ignore:explicit use of .* is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", KINDS)
def test_a_foreign_program_previews_offline(name: str, plugins: Plugins, tmp_path: Path) -> None:
    result = preview(name, plugins, tmp_path)
    assert result.ok, result.diagnostics
    tokens = [step.type for step in result.steps if step.type.startswith("kubernetes:")]
    found = [token.rpartition(":")[2] for token in tokens]
    assert {kind: found.count(kind) for kind in found} == KINDS[name]
    assert {step.op for step in result.steps} == {"create"}


def test_an_object_that_is_only_looked_at_needs_a_cluster_and_says_so(plugins: Plugins, tmp_path: Path) -> None:
    result = preview("patches", plugins, tmp_path)
    (mistake,) = [diagnostic.message for diagnostic in result.diagnostics if diagnostic.severity == "error"]
    assert "no cluster is known" in mistake
    assert not result.ok


def test_every_foreign_program_is_tried() -> None:
    assert {*KINDS, "patches"} == {path.parent.name for path in FOREIGN.glob("*/Pulumi.yaml")}
