"""YAML manifests are read as Kubernetes' own tools read them."""

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.manifests import decoded

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-05-01", "2024-05-01"),
        ("12:30", "12:30"),
        ("0644", 0o644),
        ("0o644", 0o644),
        ("0x1f", 31),
        ("1_000", 1000),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-7", -7),
        ("1.2.3", "1.2.3"),
        ("on", True),
        ("~", None),
        ('"1e3"', "1e3"),
    ],
)
def test_a_scalar_has_the_type_that_kubernetes_sees(text: str, value: object) -> None:
    (found,) = decoded(f"{HEAD}value: {text}\n", "")
    assert found["value"] == value
    assert type(found["value"]) is type(value)


def test_what_is_no_object_is_left_out() -> None:
    assert len(decoded(f"---\n# nothing\n---\n{HEAD}---\n{{}}\n---\n", "")) == 1


def test_a_namespace_is_for_what_lives_in_one_and_names_none() -> None:
    role = HEAD.replace("ConfigMap", "ClusterRole")
    placed = HEAD.replace("name: a", "name: a, namespace: own")
    found = decoded("---\n".join([HEAD, role, placed]), "team")
    assert [item["metadata"].get("namespace") for item in found] == ["team", None, "own"]


def test_broken_yaml_is_reported_as_such() -> None:
    with pytest.raises(SandboxError, match="not YAML"):
        decoded("a: [", "")
