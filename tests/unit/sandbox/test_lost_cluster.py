"""The cluster is gone and the state is not: what `docs/how-to/recover-a-lost-cluster.md` relies on."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import secrets
from sandbox.engine.engine import Engine
from sandbox.engine.events import Result
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import StateFile
from sandbox.providers import BUILTIN
from sandbox.providers.kubernetes import transport

VARIABLE = "PULUMI_K8S_DELETE_UNREACHABLE"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster"
NAMESPACE = "urn:pulumi:dev::shop::kubernetes:core/v1:Namespace::shop"
SECRET = "urn:pulumi:dev::shop::kubernetes:core/v1:Secret::login"

GONE = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "gone",
    "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "gone"}}],
    # Nothing listens on the lowest port.
    "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "gone", "user": {"token": "canary"}}],
}


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A stack with two objects in a cluster that is no longer there."""
    monkeypatch.setattr(secrets, "ITERATIONS", 1)
    monkeypatch.setattr(transport, "ABSENT", 0.05)
    monkeypatch.setattr(transport, "PAUSES", (0.01,))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delenv(VARIABLE, raising=False)
    state = tmp_path / "dev.json"
    reference = f"{PROVIDER}::1"
    kubeconfig = {"kubeconfig": json.dumps(GONE)}
    resources = [
        Resource(urn=PROVIDER, type="pulumi:providers:kubernetes", id="1", inputs=kubeconfig, outputs=kubeconfig),
        _object(NAMESPACE, "Namespace", {"name": "shop"}, reference),
        _object(SECRET, "Secret", {"name": "login", "namespace": "shop"}, reference, NAMESPACE),
    ]
    StateFile(state, "passphrase").save(Snapshot(resources))
    (tmp_path / "__main__.py").touch()
    program = Program(tmp_path, "shop", "dev", {}, frozenset())
    plugins = Plugins(BUILTIN)
    yield Engine(program, state, "passphrase", plugins, lambda _event: None)
    plugins.close()


def _object(urn: str, kind: str, metadata: dict[str, str], provider: str, *needs: str) -> Resource:
    thing = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    id_ = "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))
    return Resource(
        urn=urn,
        type=f"kubernetes:core/v1:{kind}",
        id=id_,
        inputs=thing,
        outputs=thing,
        provider=provider,
        dependencies=needs,
    )


def kept(tmp_path: Path) -> set[str]:
    entries = json.loads((tmp_path / "dev.json").read_text())["deployment"].get("resources") or []
    return {entry["urn"] for entry in entries}


def said(result: Result) -> str:
    return "\n".join(one.message for one in result.diagnostics)


@pytest.mark.parametrize("operation", ["refresh", "destroy"])
def test_an_unreachable_cluster_is_not_taken_for_an_empty_one(engine: Engine, tmp_path: Path, operation: str) -> None:
    result = getattr(engine, operation)()
    assert not result.ok
    assert "127.0.0.1:1 cannot be reached" in said(result)
    assert kept(tmp_path) == {PROVIDER, NAMESPACE, SECRET}


def test_a_refresh_that_is_told_so_forgets_what_was_in_the_cluster(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "true")
    assert engine.refresh().ok
    assert kept(tmp_path) == {PROVIDER}


def test_a_destroy_that_is_told_so_ends_with_an_empty_state(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "true")
    result = engine.destroy()
    assert result.ok, said(result)
    assert kept(tmp_path) == set()


def test_the_credential_of_a_lost_cluster_is_not_told(engine: Engine) -> None:
    assert "canary" not in said(engine.refresh())
