"""kubectl is asked of the cluster that the stack's own provider means."""

from pathlib import Path

import pytest

from operations.cluster import Cluster
from operations.error import OperationError
from tests.unit.operations.executables import install


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    return tmp_path


def test_objects_carry_the_version_and_kind_that_a_list_leaves_out(path: Path) -> None:
    install(path, "kubectl", """printf '{"items": [{"asked": "%s"}]}' "$*" """)
    with Cluster.of({"context": "prod"}) as cluster:
        (found,) = cluster.objects("networking.k8s.io/v1", "Ingress", "web", fieldSelector="a=b")
    assert found == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "asked": "--request-timeout 30s --context prod get --raw "
        "/apis/networking.k8s.io/v1/namespaces/web/ingresses?fieldSelector=a%3Db",
    }


def test_a_kubeconfig_given_as_text_stands_in_a_file_only_meanwhile(path: Path) -> None:
    install(path, "kubectl", """printf '{"items": [{"file": "%s"}]}' "$4" """)
    with Cluster.of({"kubeconfig": "apiVersion: v1\nkind: Config\n"}) as cluster:
        (found,) = cluster.objects("v1", "Pod", "web")
        assert Path(found["file"]).read_text() == "apiVersion: v1\nkind: Config\n"
    assert not Path(found["file"]).exists()


def test_a_kubeconfig_given_by_its_path_is_used_where_it_is(path: Path) -> None:
    install(path, "kubectl", """printf '{"items": [{"asked": "%s"}]}' "$*" """)
    with Cluster.of({"kubeconfig": "~/.kube/other"}) as cluster:
        assert f"--kubeconfig {Path.home()}/.kube/other" in cluster.objects("v1", "Pod", "web")[0]["asked"]


def test_a_kind_that_the_cluster_does_not_know_has_no_objects(path: Path) -> None:
    install(path, "kubectl", "echo 'Error from server (NotFound): the server could not find it' >&2; exit 1")
    assert Cluster().objects("gateway.networking.k8s.io/v1", "Gateway", "web") == []


def test_a_cluster_that_does_not_answer_is_an_error_in_its_words(path: Path) -> None:
    install(path, "kubectl", "echo 'Unable to connect to the server' >&2; exit 1")
    with pytest.raises(OperationError, match="Unable to connect"):
        Cluster().objects("v1", "Pod", "web")
    assert Cluster().log("web", "web-1", "web", 8, previous=False) == []


def test_without_kubectl_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match="Install it"):
        Cluster().objects("v1", "Pod", "web")
