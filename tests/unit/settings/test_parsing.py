"""All rules that can be judged are judged in one run, whatever else is wrong with the stack file."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field, ValidationError

from settings.mistake import SettingError
from settings.model import Model, UnjudgedError, rule
from settings.parsing import InvalidDataError, parse
from tests.unit.settings.reports import BASE, keys, report


def _short(name: str) -> str:
    if len(name) > 5:
        raise SettingError("It is too long.", "Write less.")
    return name


class Part(Model):
    low: int = 1
    high: int = 2
    name: str | None = None

    @rule
    def _validate_order(self) -> Iterator[SettingError]:
        if self.low > self.high:
            yield SettingError("Nothing is between.", "Exchange them.", "low")

    @rule
    def _validate_name(self) -> Iterator[SettingError]:
        if self.name == "":
            yield SettingError("Nobody can call it.", "Name it.", "name")


class Whole(Model):
    part: Part = Part()
    parts: dict[Annotated[str, AfterValidator(_short)], Part] = Field(default={})
    listed: tuple[Part, ...] = ()
    limit: int

    @rule
    def _validate_limit(self) -> Iterator[SettingError]:
        if self.part.high > self.limit:
            yield SettingError("It is above the limit.", "Lower it.", "part", "high")

    @rule
    def _validate_number(self) -> Iterator[SettingError]:
        if len(self.parts) > 3:
            yield SettingError("There are too many.", "Remove some.", "parts")


def errors(**data: Any) -> dict[str, Any]:
    """Texts by place."""
    with pytest.raises(InvalidDataError) as error:
        parse(Whole, data)
    found = {".".join(map(str, each["loc"])): each for each in error.value.errors}
    assert len(found) == len(error.value.errors)
    return {key: str(each.get("ctx", {}).get("error", each["type"])) for key, each in found.items()}


CROSSED = {"low": 3, "high": 2}
NOTHING_BETWEEN = "Nothing is between. Exchange them."


def test_a_rule_is_judged_beside_an_invalid_field() -> None:
    assert errors(limit=9, part={**CROSSED, "name": 5}) == {"part.name": "string_type", "part.low": NOTHING_BETWEEN}


def test_a_rule_across_models_is_judged_where_a_part_is_invalid() -> None:
    assert errors(limit=1, part={**CROSSED, "colour": "red"}) == {
        "part.colour": "extra_forbidden",
        "part.low": NOTHING_BETWEEN,
        "part.high": "It is above the limit. Lower it.",
    }


def test_a_missing_key_hides_no_other_mistake() -> None:
    assert errors(part=CROSSED) == {"limit": "missing", "part.low": NOTHING_BETWEEN}


def test_two_rules_of_one_model_are_told_together() -> None:
    assert set(errors(limit=9, part={**CROSSED, "name": ""})) == {"part.low", "part.name"}


def test_an_item_with_a_mistake_hides_no_mistake_of_another() -> None:
    assert set(errors(limit=9, parts={"a": "b", "b": CROSSED}, listed=[5, CROSSED])) == {
        "parts.a",
        "parts.b.low",
        "listed.0",
        "listed.1.low",
    }
    assert set(errors(limit=9, parts={"too long": {}, "b": CROSSED})) == {"parts.too long.[key]", "parts.b.low"}


def test_a_rule_is_not_judged_by_the_default_of_an_invalid_field() -> None:
    assert errors(limit=1, part={"high": "two"}) == {"part.high": "int_type"}
    assert set(errors(limit=9, parts={"a": 1, "b": {}, "c": {}, "d": {}})) == {"parts.a"}


def test_an_invalid_field_cannot_be_read() -> None:
    with pytest.raises(InvalidDataError) as error:
        parse(Whole, {"limit": "nine", "part": {"low": "one"}})
    partial = error.value.partial
    assert isinstance(partial, Whole)
    assert partial.part.high == 2
    with pytest.raises(UnjudgedError):
        _ = partial.limit


def test_a_model_that_is_made_alone_keeps_its_rules() -> None:
    with pytest.raises(ValidationError, match=NOTHING_BETWEEN):
        Part.model_validate(CROSSED)


def test_three_mistakes_of_a_cluster_and_its_zones_are_told_in_one_run() -> None:
    cluster = {
        "deletionProtection": False,
        "autopilot": True,
        "nodePools": {"nodes": {}},
        "authorizedNetworks": {"all": "0.0.0.0/0"},
    }
    assert keys(report(cluster=cluster, google={**BASE["google"], "zones": ["europe-west1-b"]})) == [
        "gke-webapp:cluster.authorizedNetworks.all",
        "gke-webapp:cluster.nodePools",
        "gke-webapp:google.zones",
    ]


def test_replicas_beside_scaling_are_told_beside_an_impossible_timeout() -> None:
    workload = {"replicas": 3, "scaling": {"maximum": 5}, "timeoutSeconds": 0}
    assert keys(report(workload=workload)) == ["gke-webapp:workload.scaling", "gke-webapp:workload.timeoutSeconds"]


def test_a_nested_secret_hides_no_other_mistake_and_is_not_shown() -> None:
    workload = {"replicas": 0, "healthPath": "canary", "variables": {"LEVEL": "canary"}}
    text = report(encrypted=["workload"], workload=workload)
    assert keys(text) == ["gke-webapp:workload", "gke-webapp:workload.healthPath", "gke-webapp:workload.replicas"]
    assert "canary" not in text
