import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from sandbox.cluster.build import MODULE
from sandbox.cluster.cluster import OBJECTS, Cluster, kubectl_command
from sandbox.cluster.pki import CLIENTS
from sandbox.errors import SandboxError
from sandbox.home import Home


def test_starting_without_root_is_refused_with_the_reason_and_changes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SandboxError, match=r"needs root: containerd and kubelet mount.*Nothing was started"):
        Cluster(home).start(pytest.fail)
    assert not home.root.exists()
    assert not home.cache.exists()


def test_a_home_too_deep_for_a_socket_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    deep = Home(tmp_path / ("x" * 100), tmp_path)
    with pytest.raises(SandboxError, match=r"has \d+ bytes.*can have 107.*GKE_WEBAPP_SANDBOX"):
        Cluster(deep).start(pytest.fail)
    assert not deep.root.exists()


def test_a_cluster_that_never_ran_is_not_running_and_stops_without_error(home: Home) -> None:
    cluster = Cluster(home)
    assert not cluster.running
    cluster.stop()


def test_kubectl_uses_this_cluster_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    program = tmp_path / "kubernetes"
    program.write_text('#!/bin/sh\necho "$KUBECONFIG" "$@"\n')
    program.chmod(0o755)
    command = tmp_path / "kubectl"
    command.write_text(kubectl_command(program, Path("/home/kubeconfig"), tmp_path))
    command.chmod(0o755)

    def said(environment: dict[str, str]) -> str:
        return subprocess.run(
            [command, "get", "pods"], env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert said({}) == "/home/kubeconfig kubectl get pods"
    assert said({"KUBECONFIG": "/mine"}) == "/mine kubectl get pods"


def test_every_manifest_that_a_cluster_starts_with_is_whole() -> None:
    for directory in OBJECTS:
        files = list(directory.glob("*.yaml"))
        assert files, f"{directory} is empty, and kubectl apply refuses an empty directory"
        for file in files:
            for manifest in yaml.safe_load_all(file.read_text()):
                assert {"apiVersion", "kind", "metadata"} <= set(manifest), file


def test_every_component_that_has_a_role_of_its_own_is_a_user_of_the_cluster() -> None:
    files = [file for directory in OBJECTS for file in directory.glob("*.yaml")]
    manifests = [manifest for file in files for manifest in yaml.safe_load_all(file.read_text())]
    subjects = {subject["name"] for manifest in manifests for subject in manifest.get("subjects", [])}
    assert {"system:kube-router", "system:metrics-server", "system:provisioner"} <= subjects
    assert subjects <= {user for user, _ in CLIENTS.values()}


def test_volumes_are_made_where_their_pod_will_run_and_one_class_is_the_default() -> None:
    manifests = yaml.safe_load_all((OBJECTS[1] / "storage.yaml").read_text())
    classes = [manifest for manifest in manifests if manifest["kind"] == "StorageClass"]
    assert {kind["metadata"]["name"] for kind in classes} == {"standard-rwo", "premium-rwo"}
    assert {kind["volumeBindingMode"] for kind in classes} == {"WaitForFirstConsumer"}
    default = "storageclass.kubernetes.io/is-default-class"
    assert [kind["metadata"]["name"] for kind in classes if default in kind["metadata"].get("annotations", {})] == [
        "standard-rwo"
    ]
    made = re.search(r'^const driver = "(.*)"$', (MODULE / "provisioner.go").read_text(), re.MULTILINE)
    assert made and {kind["provisioner"] for kind in classes} == {made[1]}
