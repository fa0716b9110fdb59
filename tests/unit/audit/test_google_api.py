"""Reading a project as Google's REST API describes it."""

from collections.abc import Mapping
from typing import Any

import pytest

from audit.google_api import REGISTRY, GoogleProject
from audit.inventory import AuditError, Found
from audit.session import COMPUTE, CONTAINER, Parameters

PROJECT = "projects/example-project"
AGGREGATED = f"{COMPUTE}/{PROJECT}/aggregated"
WARNING = {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope."}}

ANSWERS: dict[tuple[str, str], Any] = {
    (f"{AGGREGATED}/forwardingRules", ""): {
        "items": {
            "global": {"forwardingRules": [{"name": "k8s2-fr-a", "description": "for a"}]},
            "regions/europe-west1": WARNING,
        },
        "nextPageToken": "more",
    },
    (f"{AGGREGATED}/forwardingRules", "more"): {
        "items": {"regions/europe-west1": {"forwardingRules": [{"name": "a01", "labels": {"cluster": "dev"}}]}}
    },
    (f"{AGGREGATED}/disks", ""): {"items": {"zones/europe-west1-b": {"disks": [{"name": "pvc-1"}]}}},
    (f"{COMPUTE}/{PROJECT}/global/firewalls", ""): {"items": [{"name": "k8s-fw-1"}]},
    (f"{COMPUTE}/{PROJECT}/global/networks", ""): {},
    (f"{CONTAINER}/{PROJECT}/locations/-/clusters", ""): {"clusters": [{"name": "dev", "location": "europe-west1-b"}]},
    (f"{REGISTRY}/{PROJECT}/locations/europe-west1/repositories", ""): {
        "repositories": [
            {"name": f"{PROJECT}/locations/europe-west1/repositories/images", "format": "DOCKER"},
            {"name": f"{PROJECT}/locations/europe-west1/repositories/wheels", "format": "PYTHON"},
        ]
    },
}


def project(answers: Mapping[tuple[str, str], Any] = ANSWERS, status: int = 200) -> GoogleProject:
    def get(address: str, parameters: Parameters) -> tuple[int, Any]:
        return status, answers[address, str(parameters.get("pageToken", ""))]

    return GoogleProject("example-project", "europe-west1", get)


@pytest.mark.parametrize(
    ("collection", "found"),
    [
        (
            "forwardingRules",
            [Found("k8s2-fr-a", "global", "for a"), Found("a01", "europe-west1", '{"cluster": "dev"}')],
        ),
        ("disks", [Found("pvc-1", "europe-west1-b")]),
        ("firewalls", [Found("k8s-fw-1")]),
        ("networks", []),
        ("clusters", [Found("dev", "europe-west1-b")]),
        ("repositories", [Found("images", "europe-west1")]),
    ],
)
def test_every_page_and_every_place_is_read(collection: str, found: list[Found]) -> None:
    assert list(project().list(collection)) == found


def test_a_refusal_says_who_refused_and_what_helps() -> None:
    answer = {"error": {"code": 403, "message": "Compute Engine API has not been used in project 1 before"}}
    refused = project({(f"{AGGREGATED}/disks", ""): answer}, status=403)
    with pytest.raises(AuditError, match=r"compute\.googleapis\.com answered 403.*has not been used.*enable"):
        list(refused.list("disks"))


def test_a_place_that_does_not_answer_is_not_taken_for_empty() -> None:
    silent = project({(f"{AGGREGATED}/disks", ""): {"unreachables": ["zones/europe-west1-b"]}})
    with pytest.raises(AuditError, match="could not reach zones/europe-west1-b"):
        list(silent.list("disks"))
    partly = project({(f"{CONTAINER}/{PROJECT}/locations/-/clusters", ""): {"missingZones": ["europe-west1-c"]}})
    with pytest.raises(AuditError, match="which clusters there are in europe-west1-c"):
        list(partly.list("clusters"))


def test_without_credentials_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from google.auth.exceptions import DefaultCredentialsError

    def none(**_: Any) -> Any:
        raise DefaultCredentialsError

    monkeypatch.setattr("google.auth.default", none)
    with pytest.raises(AuditError, match="gcloud auth application-default login"):
        GoogleProject("example-project", "europe-west1")
