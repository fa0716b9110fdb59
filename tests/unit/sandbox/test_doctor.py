import os
import socket
from types import SimpleNamespace

import pytest

from sandbox import doctor
from sandbox.cluster.build import KUBERNETES
from sandbox.doctor import Fact, facts
from sandbox.go.program import Build
from sandbox.home import Home


@pytest.fixture(autouse=True)
def _free(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address is asked for but those that a test adds."""
    monkeypatch.setattr(doctor.listeners, "ALL", ())
    monkeypatch.setattr(doctor, "EDGE", [])
    monkeypatch.setattr(doctor, "PORT", 0)


def fact(home: Home, name: str) -> Fact:
    return next(fact for fact in facts(home) if fact.name == name)


def test_looking_changes_nothing(home: Home) -> None:
    assert len(facts(home)) > 5
    assert not home.root.exists()
    assert not home.cache.exists()


def test_a_user_without_rights_is_told_what_works_all_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "`preview` and `status` do not" in fact(home, "user").problem
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not fact(home, "user").problem


def test_a_processor_that_the_cluster_has_no_image_for_is_a_problem(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.platform, "machine", lambda: "riscv64")
    assert fact(home, "processor").problem == "the cluster runs on x86_64, aarch64 only"


def test_a_disk_too_small_to_run_or_to_build_is_a_problem_with_the_megabytes_needed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_usage(_path: object) -> SimpleNamespace:
        return SimpleNamespace(free=5 << 20)

    monkeypatch.setattr(doctor.shutil, "disk_usage", disk_usage)
    assert "4096 MiB" in fact(home, "disk").problem
    assert f"{KUBERNETES.disk >> 20} MiB" in fact(home, "Kubernetes").problem


def test_a_built_kubernetes_needs_no_disk_to_build_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    Build.locate(home, KUBERNETES).directory.mkdir(parents=True)

    def disk_usage(_path: object) -> SimpleNamespace:
        return SimpleNamespace(free=5 << 20)

    monkeypatch.setattr(doctor.shutil, "disk_usage", disk_usage)
    assert not fact(home, "Kubernetes").problem


def test_whoever_holds_an_address_of_the_sandbox_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fact(home, "addresses").problem
    with socket.create_server(("127.99.0.1", 0)) as server:
        address, port = server.getsockname()
        monkeypatch.setattr(doctor.listeners, "ALL", (("tcp", address, port),))
        assert f"{address}:{port} by " in fact(home, "addresses").problem
        assert f"pid {os.getpid()}" in fact(home, "addresses").problem
