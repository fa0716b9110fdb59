"""Variables are held by objects that exist, and changed ones by others."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components.config_object import digest
from components.variables import Variables
from tests.unit.recording import Recording, record

CANARY = "postgres://user:canary@db"


def deployed(plain: Mapping[str, str], secret: Mapping[str, str] | None = None) -> Recording:
    def program() -> None:
        sealed = pulumi.Output.secret(secret) if secret else None
        variables = Variables("v", {"name": "app", "namespace": "ns", "plain": plain, "secret": sealed})
        pulumi.CustomResource("test:index:Probe", "probe", {"sources": variables.sources})

    return record(program)


def name(recorded: Recording, kind: str) -> Any:
    return recorded.one(kind).inputs["metadata"]["name"]


def test_without_variables_there_is_nothing_to_refer_to() -> None:
    (probe,) = deployed({}).custom
    assert probe.inputs["sources"] == []


def test_pods_refer_to_the_objects_that_are_made() -> None:
    recorded = deployed({"A": "1"}, {"B": CANARY})
    assert recorded.one("Probe").inputs["sources"] == [
        {"configMapRef": {"name": name(recorded, "ConfigMap")}},
        {"secretRef": {"name": name(recorded, "Secret")}},
    ]
    assert recorded.one("ConfigMap").inputs["data"] == {"A": "1"}
    assert base64.b64decode(recorded.one("Secret").inputs["data"]["B"]).decode() == CANARY


def test_changed_values_have_another_name_and_the_same_values_the_same() -> None:
    one, same, other = (deployed({"A": "1"}, {"B": value}) for value in ("x", "x", "y"))
    assert name(one, "Secret") == name(same, "Secret") != name(other, "Secret")
    assert name(one, "ConfigMap") == name(other, "ConfigMap") != name(deployed({"A": "2"}), "ConfigMap")
    assert digest({"A": "1", "B": "2"}) == digest({"B": "2", "A": "1"})


def test_old_objects_stay_until_the_pods_have_left_them() -> None:
    recorded = deployed({"A": "1"}, {"B": "x"})
    for kind in ("ConfigMap", "Secret"):
        assert recorded.one(kind).inputs["immutable"] is True
        assert not recorded.one(kind).request.deleteBeforeReplace


def test_secret_values_are_only_ever_sent_as_secrets() -> None:
    recorded = deployed({"A": "1"}, {"B": CANARY})
    sent = json.dumps([each.sealed for each in recorded.registered])
    assert "canary" not in sent
    assert base64.b64encode(CANARY.encode()).decode() not in sent


def test_whatever_comes_in_as_secret_becomes_secret() -> None:
    def program() -> None:
        values = {"A": CANARY, "B": pulumi.Output.from_input("plain-output")}
        Variables("v", {"name": "app", "namespace": "ns", "plain": {}, "secret": values})

    assert record(program).one("Secret").sealed["data"] == "[secret]"


def test_the_name_of_a_secret_can_be_shown() -> None:
    recorded = deployed({}, {"B": CANARY})
    assert recorded.one("Secret").sealed["metadata"]["name"] == f"app-{digest({'B': CANARY})}"
