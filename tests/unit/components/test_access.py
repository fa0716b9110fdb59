"""The program reaches its own cluster and no other."""

import json
from collections.abc import Callable

import pytest

from components.access import Access, kubeconfig
from components.context_access import ContextAccess
from tests.unit.recording import record

ENDPOINT = {"server": "https://203.0.113.20", "certificate-authority-data": "Q0E="}


def test_the_kubeconfig_has_one_context_and_it_is_the_current_one() -> None:
    content = json.loads(kubeconfig("app", ENDPOINT))
    assert content["current-context"] == "app"
    assert content["contexts"] == [{"name": "app", "context": {"cluster": "app", "user": "app"}}]
    assert content["clusters"] == [{"name": "app", "cluster": ENDPOINT}]


def test_signing_in_is_left_to_googles_plugin() -> None:
    (user,) = json.loads(kubeconfig("app", ENDPOINT))["users"]
    assert user["user"].keys() == {"exec"}
    assert user["user"]["exec"]["apiVersion"] == "client.authentication.k8s.io/v1beta1"


def test_objects_are_replaced_only_when_the_cluster_is() -> None:
    deployed = record(
        lambda: Access("k", {"cluster": "app", "identifier": "made-once", "endpoint": ENDPOINT, "owned": None})
    )
    (provider,) = [each for each in deployed.registered if each.type == "pulumi:providers:kubernetes"]
    assert provider.inputs["clusterIdentifier"] == "made-once"
    assert provider.inputs["context"] == "app"
    assert provider.inputs["enableServerSideApply"] == "true"


@pytest.mark.parametrize(
    "access",
    [
        lambda: Access("k", {"cluster": "app", "identifier": "made-once", "endpoint": ENDPOINT, "owned": None}),
        lambda: ContextAccess("k", {"context": "shared", "kubeconfig": None}),
    ],
    ids=["own", "existing"],
)
def test_content_that_changes_replaces_nothing(access: Callable[[], object]) -> None:
    (provider,) = [each for each in record(access).registered if each.type == "pulumi:providers:kubernetes"]
    assert provider.inputs["enableSecretMutable"] == provider.inputs["enableConfigMapMutable"] == "true"
