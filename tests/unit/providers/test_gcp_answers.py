"""The simulated provider decides as the published one did, which was asked the same questions.

`google/answers.json` holds resources of our stacks as the published provider deployed them, and for each of them
changes of its inputs (`with` and `without`) with the published provider's verdict: `none`, `update`, `replace`, or
`refused`.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.home import Home
from sandbox.providers.gcp.provider import GcpProvider
from tests.unit.providers.speech import Refused, Spoken, plain, struct

ANSWERS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("google").joinpath("answers.json").read_text())

EXCEPTIONS = {
    '+nodeDrainConfig={"respectPdbDuringNodePoolDeletion": true}': (
        "the published plugin also takes the name of Terraform's schema for nodeDrainConfigs; the SDK has no such input"
    ),
}
"""Changes that are answered otherwise, and why."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    directory = tmp_path_factory.mktemp("home")
    provider = Spoken(GcpProvider(Home(directory, directory)))
    settings = {"project": "example-project", "region": "europe-west1"}
    provider.call("Configure", provider_pb2.ConfigureRequest(args=struct(settings)))
    return provider


def verdict(provider: Spoken, resource: dict[str, Any], question: dict[str, Any]) -> str:
    urn = f"urn:pulumi:dev::gke-webapp::{resource['type']}::{resource['name']}"
    before = plain(provider.check(urn, resource["inputs"]).inputs)
    given = {key: value for key, value in resource["inputs"].items() if key not in question.get("without", ())}
    # As an engine does with what it is told to ignore.
    ignored = {key: resource["inputs"][key] for key in resource["ignoreChanges"]}
    checked = provider.check(urn, {**given, **question["with"], **ignored}, before)
    if checked.failures:
        return "refused"
    request = provider_pb2.DiffRequest(
        urn=urn,
        id=resource["id"],
        olds=struct(resource["outputs"]),
        news=checked.inputs,
        old_inputs=struct(before),
        ignoreChanges=resource["ignoreChanges"],
    )
    try:
        diff = provider.call("Diff", request)
    except Refused:
        return "refused"
    if diff.replaces:
        return "replace"
    return "update" if diff.changes == provider_pb2.DiffResponse.DIFF_SOME else "none"


@pytest.mark.parametrize(
    "answers", ANSWERS, ids=[f"{each['resource']['type']} {each['resource']['id']}" for each in ANSWERS]
)
def test_a_change_is_decided_as_by_the_published_provider(provider: Spoken, answers: dict[str, Any]) -> None:
    given = {question["change"]: verdict(provider, answers["resource"], question) for question in answers["questions"]}
    expected = {question["change"]: question["verdict"] for question in answers["questions"]}
    differing = {change for change, answer in given.items() if answer != expected[change]}
    assert differing == EXCEPTIONS.keys() & expected.keys(), {change: given[change] for change in differing}
