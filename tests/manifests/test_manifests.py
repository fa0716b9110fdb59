"""What the field's own checkers say of the manifests of every stack, of the images and of the workflows."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manifests.checkers import CHECKERS, dockerfiles
from tests.manifests.finding import Accepted, Finding, accepted, open_, unused
from tests.manifests.stacks import render
from tests.unit.projects import STACKS
from tests.unit.recording import REPOSITORY

pytestmark = pytest.mark.manifests

Found = Callable[[str], list[Finding]]


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for each stack, with a file for each of its objects."""
    target = tmp_path_factory.mktemp("manifests")
    render(target)
    return target


@pytest.fixture(scope="module")
def found(manifests: Path) -> Found:
    """The findings of a checker, by its name."""

    @cache
    def findings(name: str) -> list[Finding]:
        return list(CHECKERS[name](manifests))

    return findings


def test_every_stack_has_manifests_and_every_image_a_dockerfile(manifests: Path) -> None:
    for stack in STACKS:
        kinds = {yaml.safe_load(path.read_text())["kind"] for path in (manifests / str(stack)).iterdir()}
        assert {"Namespace", "Deployment", "NetworkPolicy", "Secret"} <= kinds, stack
    assert {"gke-webapp-dev", "gke-webapp-staging", "gke-webapp-prod"} <= {str(stack) for stack in STACKS}
    assert REPOSITORY / "app" / "Dockerfile" in dockerfiles()


@pytest.mark.parametrize("checker", CHECKERS)
def test_nothing_is_found_but_what_is_accepted_with_a_reason(checker: str, found: Found) -> None:
    assert open_(found(checker), accepted()) == []


def test_every_exception_still_has_something_to_excuse(found: Found) -> None:
    assert unused([finding for checker in CHECKERS for finding in found(checker)], accepted()) == []


def spoiled(manifests: Path, target: Path, kind: str, spoil: Callable[[Any], None]) -> Path:
    """A stack of the one object of this kind in the dev stack, spoiled."""
    for path in (manifests / "gke-webapp-dev").iterdir():
        thing = yaml.safe_load(path.read_text())
        if thing["kind"] == kind:
            spoil(thing["spec"])
            (target / "spoiled").mkdir()
            (target / "spoiled" / path.name).write_text(yaml.safe_dump(thing))
    return target


def misspell(spec: dict[str, Any]) -> None:
    container = spec["template"]["spec"]["containers"][0]
    container["readynessProbe"] = container.pop("readinessProbe")


def float_(spec: dict[str, Any]) -> None:
    spec["template"]["spec"]["containers"][0]["image"] = "registry.example.com/app:latest"


def enlarge(spec: dict[str, Any]) -> None:
    spec["domain"] = "example.com"


@pytest.mark.parametrize(
    ("checker", "kind", "spoil", "rule"),
    [
        ("kubeconform", "Deployment", misspell, "statusInvalid"),
        ("kubeconform", "ManagedCertificate", enlarge, "statusInvalid"),
        ("kube-score", "Deployment", float_, "container-image-tag"),
        ("checkov", "Deployment", float_, "CKV_K8S_14"),
    ],
)
def test_a_mistake_is_found(
    checker: str, kind: str, spoil: Callable[[Any], None], rule: str, manifests: Path, tmp_path: Path
) -> None:
    findings = CHECKERS[checker](spoiled(manifests, tmp_path, kind, spoil))
    assert rule in {finding.rule for finding in findings}


def test_an_exception_covers_its_rule_at_its_places_alone() -> None:
    exception = Accepted("kube-score", "service-type", "*-dev/Service/*", "a reason")
    nodeport = Finding("kube-score", "service-type", "gke-webapp-dev/Service/gke-webapp", "NodePort")
    elsewhere = Finding("kube-score", "service-type", "gke-webapp-prod/Service/gke-webapp", "NodePort")
    other = Finding("checkov", "service-type", "gke-webapp-dev/Service/gke-webapp", "NodePort")
    assert open_([nodeport, elsewhere, other], [exception]) == sorted([str(elsewhere), str(other)])
    assert unused([elsewhere], [exception]) == [exception]
    assert unused([nodeport], [exception]) == []
