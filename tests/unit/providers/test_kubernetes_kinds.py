"""Which Kubernetes object a type token means."""

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import Type, identifier, type_of


@pytest.mark.parametrize(
    ("token", "api_version", "kind"),
    [
        ("kubernetes:core/v1:Namespace", "v1", "Namespace"),
        ("kubernetes:apps/v1:Deployment", "apps/v1", "Deployment"),
        ("kubernetes:networking.k8s.io/v1:Ingress", "networking.k8s.io/v1", "Ingress"),
        ("kubernetes:networking.gke.io/v1:ManagedCertificate", "networking.gke.io/v1", "ManagedCertificate"),
        ("a:b:Component$kubernetes:core/v1:Service", "v1", "Service"),
    ],
)
def test_a_token_names_group_version_and_kind(token: str, api_version: str, kind: str) -> None:
    assert type_of(token) == Type(api_version, kind)


def test_a_patch_is_told_from_a_custom_kind_whose_name_ends_so() -> None:
    assert type_of("kubernetes:core/v1:NamespacePatch") == Type("v1", "Namespace", patch=True)
    custom = "kubernetes:example.com/v1:DogPatch"
    assert type_of(custom, stated="Dog") == Type("example.com/v1", "Dog", patch=True)
    assert type_of(custom, stated="DogPatch") == Type("example.com/v1", "DogPatch")


def test_a_custom_kind_may_be_called_a_list() -> None:
    assert type_of("kubernetes:example.com/v1:BlockList").kind == "BlockList"


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:yaml:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:core/v1:PodList",
        "kubernetes:odd:Thing",
    ],
)
def test_what_is_no_single_object_is_refused_by_name_with_what_to_use_instead(token: str) -> None:
    with pytest.raises(SandboxError, match=rf"{token}.*(Declare|Render|Use|Correct)"):
        type_of(token)


def test_the_id_leads_with_the_namespace_if_there_is_one() -> None:
    assert identifier({"metadata": {"name": "web", "namespace": "dev"}}) == "dev/web"
    assert identifier({"metadata": {"name": "dev"}}) == "dev"
