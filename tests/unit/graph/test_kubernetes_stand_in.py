"""The stand-in for the Kubernetes provider, where the real one cannot be asked."""

import asyncio
import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.graph.plugins.kubernetes.configuration import Settings, replacing_keys
from sandbox.graph.plugins.kubernetes.normalization import normalized, quantity
from sandbox.graph.plugins.kubernetes.provider import DECODE, Kubernetes
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.speech import Refused, Spoken, plain, struct, urn

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def thing(kind: str, name: str = "", **rest: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name} if name else {}, **rest}


@pytest.fixture
def spoken() -> Spoken:
    return Spoken(Kubernetes())


def test_a_generated_name_is_that_of_the_program_and_another_when_the_object_is_replaced(spoken: Spoken) -> None:
    def name(value: str, olds: dict[str, Any] | None = None) -> str:
        inputs = plain(spoken.check(urn(CONFIG_MAP), thing("ConfigMap", data={"a": value}), olds).inputs)
        return inputs["metadata"]["name"]

    assert name("b") == name("b") != name("c")
    old = plain(spoken.check(urn(CONFIG_MAP), thing("ConfigMap", data={"a": "b"})).inputs)
    assert name("c", old) == name("b")


def test_a_service_for_everyone_has_an_address_when_it_is_created_and_none_in_a_preview(spoken: Spoken) -> None:
    service = thing("Service", "web", spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
    token = urn("kubernetes:core/v1:Service")
    assert plain(spoken.create(token, service, preview=True).properties) == service
    created = plain(spoken.create(token, service).properties)
    assert created["status"]["loadBalancer"]["ingress"] == [{"ip": "[computed]", "hostname": "[computed]"}]
    assert created["spec"]["clusterIP"] == "[computed]"
    assert created["spec"]["type"] == "LoadBalancer"


def test_what_a_program_says_wins_over_what_a_cluster_would_add(spoken: Spoken) -> None:
    service = thing("Service", "web", spec={"clusterIP": "None"})
    created = plain(spoken.create(urn("kubernetes:core/v1:Service"), service).properties)
    assert created["spec"]["clusterIP"] == "None"


def test_what_has_unknown_parts_is_taken_as_it_is() -> None:
    secret = thing("Secret", "s", stringData={"a": UNKNOWN})
    assert normalized(secret) == secret


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        ("1024Mi", "1Gi"),
        ("1500Mi", "1500Mi"),
        (2, "2"),
        ("x", "x"),
        ("0.5Gi", "512Mi"),
    ],
)
def test_a_quantity_is_spelled_as_the_api_server_does(given: Any, kept: str) -> None:
    assert quantity(given) == kept


def test_lists_and_patches_without_a_name_are_refused(spoken: Spoken) -> None:
    with pytest.raises(Refused, match="is no object"):
        spoken.check(urn("kubernetes:core/v1:ConfigMapList"), {"apiVersion": "v1", "kind": "ConfigMapList"})
    with pytest.raises(Refused, match=r"has no metadata\.name"):
        spoken.check(urn("kubernetes:core/v1:ConfigMapPatch"), thing("ConfigMap"))


def test_manifests_are_decoded_and_what_needs_a_cluster_is_refused(spoken: Spoken) -> None:
    def invoke(token: str, **arguments: str) -> Any:
        return spoken.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=struct(arguments)))

    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n"
    (item,) = plain(getattr(invoke(DECODE, text=text, defaultNamespace="shop"), "return"))["result"]
    assert item["metadata"] == {"namespace": "shop", "name": "a"}
    with pytest.raises(Refused, match="cannot be evaluated offline"):
        invoke("kubernetes:helm:template")


def test_the_namespace_is_the_provider_s_else_the_context_s_else_the_default() -> None:
    contexts = [{"name": "x", "context": {"namespace": "shop"}}, {"name": "y", "context": {}}]
    kubeconfig = json.dumps({"current-context": "x", "contexts": contexts})
    assert Settings.of({"kubeconfig": kubeconfig, "namespace": "own"}).namespace == "own"
    assert Settings.of({"kubeconfig": kubeconfig}).namespace == "shop"
    assert Settings.of({"kubeconfig": kubeconfig, "context": "y"}).namespace == "default"


def test_a_kubeconfig_that_is_not_known_yet_may_be_of_another_cluster() -> None:
    assert replacing_keys({"kubeconfig": "{}"}, {"kubeconfig": UNKNOWN}) == ["kubeconfig"]
    same = {"clusterIdentifier": "c"}
    assert replacing_keys({"kubeconfig": "{}", **same}, {"kubeconfig": UNKNOWN, **same}) == []


@pytest.mark.parametrize("kubeconfig", ["~/.kube/config", "/etc/kubeconfig", "", "{not json", None])
def test_a_kubeconfig_that_cannot_be_read_is_none(kubeconfig: Any) -> None:
    assert Settings.of({"kubeconfig": kubeconfig}).namespace == "default"
    assert replacing_keys({"kubeconfig": kubeconfig}, {"kubeconfig": "other"}) == []


def test_nothing_is_deleted_or_read(spoken: Spoken) -> None:
    asyncio.run(Kubernetes().delete(provider_pb2.DeleteRequest()))  # pyright: ignore[reportArgumentType]
    request = provider_pb2.ReadRequest(urn=urn(CONFIG_MAP), id="a/b", properties=struct({"a": "b"}), inputs=struct({}))
    assert plain(spoken.call("Read", request).properties) == {"a": "b"}
