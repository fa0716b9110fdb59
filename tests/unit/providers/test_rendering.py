"""renderYamlToDirectory: files as the published provider writes them, and no cluster."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.kubernetes.provider import KubernetesProvider
from tests.unit.providers.speech import Spoken, plain, secret, struct, urn

CONFIG_MAP = urn("kubernetes:core/v1:ConfigMap")
THING = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "dev"}, "data": {"x": "1\n2"}}


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def spoken(tmp_path: Path, heard: list[str]) -> Spoken:
    provider = KubernetesProvider()
    provider.warn = lambda _urn, text: heard.append(text)
    spoken = Spoken(provider)
    arguments = struct({"renderYamlToDirectory": str(tmp_path / "out"), "alwaysRender": "true"})
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=arguments))
    return spoken


def files(directory: Path) -> dict[str, Any]:
    found = [path for path in directory.rglob("*") if path.is_file()]
    return {str(path.relative_to(directory)): yaml.safe_load(path.read_text()) for path in found}


def test_an_object_is_a_file_until_it_is_deleted(spoken: Spoken, tmp_path: Path) -> None:
    created = spoken.create(CONFIG_MAP, THING)
    assert created.id == "dev/a"
    assert files(tmp_path / "out") == {"1-manifest/v1-configmap-dev-a.yaml": THING}
    read = provider_pb2.ReadRequest(id=created.id, urn=CONFIG_MAP, properties=created.properties)
    assert plain(spoken.call("Read", read).properties) == plain(created.properties)
    deletion = provider_pb2.DeleteRequest(id=created.id, urn=CONFIG_MAP, properties=created.properties)
    for _ in range(2):
        spoken.call("Delete", deletion)
    assert files(tmp_path / "out") == {}


def test_definitions_lie_apart_so_that_they_can_be_applied_first(spoken: Spoken, tmp_path: Path) -> None:
    token = urn("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "dogs.example.com"},
        "spec": {"x_kubernetes_preserve_unknown_fields": True},
    }
    spoken.create(token, definition)
    ((name, content),) = files(tmp_path / "out").items()
    assert name == "0-crd/apiextensions.k8s.io_v1-customresourcedefinition-default-dogs.example.com.yaml"
    assert content["spec"] == {"x-kubernetes-preserve-unknown-fields": True}


def test_a_rendered_secret_is_told_and_readable_by_its_owner_alone(
    spoken: Spoken, tmp_path: Path, heard: list[str]
) -> None:
    value = {**THING, "kind": "Secret", "data": None, "stringData": {"x": secret("hunter2")}}
    spoken.create(urn("kubernetes:core/v1:Secret"), value)
    (path,) = (tmp_path / "out" / "1-manifest").iterdir()
    assert yaml.safe_load(path.read_text())["data"] == {"x": "aHVudGVyMg=="}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [text for text in heard if "plain text" in text and str(path) in text]
    assert "hunter2" not in "".join(heard)


def test_a_preview_writes_nothing(spoken: Spoken, tmp_path: Path) -> None:
    spoken.create(CONFIG_MAP, THING, preview=True)
    assert not (tmp_path / "out").exists()


def test_always_render_writes_what_has_not_changed(spoken: Spoken) -> None:
    diff = spoken.diff(CONFIG_MAP, THING, THING)
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not diff.replaces
