"""Which Kubernetes object a type token means."""

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import identifier, kind_of


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
    assert kind_of(token) == (api_version, kind)


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:yaml:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:core/v1:ServicePatch",
        "kubernetes:core/v1:PodList",
        "kubernetes:odd:Thing",
    ],
)
def test_what_is_no_single_object_is_refused_by_name(token: str) -> None:
    with pytest.raises(SandboxError, match=token):
        kind_of(token)


def test_the_id_leads_with_the_namespace_if_there_is_one() -> None:
    assert identifier({"metadata": {"name": "web", "namespace": "dev"}}) == "dev/web"
    assert identifier({"metadata": {"name": "dev"}}) == "dev"
