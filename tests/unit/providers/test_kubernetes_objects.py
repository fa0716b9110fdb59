"""What is kept of an object: its live form, its secrets as secrets, and what tells drift from spelling."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.providers.kubernetes.objects import applied, checkpoint, imported, projected, received, recorded
from sandbox.providers.values import UNKNOWN, decode, encode

LIVE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a", "namespace": "n", "uid": "u", "managedFields": [{"manager": "m"}], "generation": 1},
    "data": {"open": "1", "hidden": "2"},
    "status": {"phase": "x"},
}


HIDDEN = PropertyValue("2", is_secret=True)


def nested(properties: Mapping[str, PropertyValue], *path: str) -> PropertyValue:
    value = PropertyValue(properties)
    for key in path:
        assert isinstance(value.value, Mapping)
        value = value.value[key]
    return value


def test_outputs_are_secret_where_the_inputs_were() -> None:
    like = {"data": PropertyValue({"open": PropertyValue("1"), "hidden": HIDDEN})}
    outputs = checkpoint({"data": LIVE["data"]}, LIVE, like, "m")
    for path in (["data"], ["__inputs", "data"]):
        assert nested(outputs, *path, "hidden").is_secret
        assert not nested(outputs, *path, "open").is_secret


def test_a_list_with_a_secret_in_it_is_secret_as_a_whole() -> None:
    like = {"env": PropertyValue([HIDDEN])}
    assert encode({"env": ["moved", "2"]}, like)["env"].is_secret


def test_a_checkpoint_is_read_back_as_inputs_and_live_object() -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"open": "1"}}
    found, live = recorded(checkpoint(inputs, LIVE, {}, "m"))
    assert found == inputs
    assert live["metadata"]["uid"] == "u"
    assert "managedFields" not in live["metadata"]


def test_whole_numbers_arrive_as_integers_and_missing_values_not_at_all() -> None:
    arrived = decode(encode({"port": 8000.0, "ratio": 0.5, "on": True, "none": None}))
    assert json.dumps(arrived) == '{"port": 8000, "ratio": 0.5, "on": true}'


def test_extension_fields_of_a_definition_get_their_dashes_and_give_them_back() -> None:
    properties = encode({"schema": [{"x_kubernetes_preserve_unknown_fields": True, "plain_name": 1}]})
    thing = received(properties)
    assert thing == {"schema": [{"x-kubernetes-preserve-unknown-fields": True, "plain_name": 1}]}
    outputs = decode(checkpoint(thing, {**LIVE, **thing}, {}, "m"))
    assert outputs["schema"] == decode(properties)["schema"]


def test_a_secrets_string_data_is_sent_as_data() -> None:
    sent = applied({"kind": "Secret", "data": {"a": "YQ=="}, "stringData": {"b": "b", "c": UNKNOWN}})
    assert sent == {"kind": "Secret", "data": {"a": "YQ==", "b": "Yg==", "c": UNKNOWN}}


@pytest.mark.parametrize(
    ("live", "inputs", "seen"),
    [
        ({"replicas": 3, "extra": 1}, {"replicas": 2}, {"replicas": 3}),
        ({"a": 1}, {"a": 1, "removed": 2}, {"a": 1}),
        ([{"image": "x", "imagePullPolicy": "Always"}], [{"image": "y"}], [{"image": "x"}]),
        ([1, 2], [1], [1, 2]),
        ({"cpu": "1"}, {"cpu": "1000m"}, {"cpu": "1000m"}),
        ({"cpu": "1"}, {"cpu": 1}, {"cpu": 1}),
        ({"memory": "2Gi"}, {"memory": "2048Mi"}, {"memory": "2048Mi"}),
        ({"cpu": "2"}, {"cpu": "1000m"}, {"cpu": "2"}),
        ({"name": "web"}, {"name": "app"}, {"name": "web"}),
    ],
)
def test_a_refresh_sees_changed_values_but_no_defaults_and_no_other_spelling(live: Any, inputs: Any, seen: Any) -> None:
    assert projected(live, inputs) == seen


def test_an_imported_object_reads_like_a_manifest() -> None:
    assert imported(LIVE) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "n"},
        "data": LIVE["data"],
    }
