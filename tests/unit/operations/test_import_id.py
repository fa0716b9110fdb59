"""What was being created is looked up by the id that the provider's reference gives for its type."""

import re
from importlib.metadata import distribution
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from operations.import_id import GOOGLE, NoImportIdError, import_id

SDK = Path(str(distribution("pulumi-gcp").locate_file("pulumi_gcp")))
CLUSTER = "gcp:container/cluster:Cluster"
MEMBER = "gcp:projects/iAMMember:IAMMember"


def found(kind: str, inputs: dict[str, Any], **provider: str) -> str | None:
    return import_id({"type": kind, "custom": True, "inputs": inputs}, provider)


def test_what_an_input_leaves_out_is_taken_from_the_provider() -> None:
    given = {"project": "p", "zone": "europe-west1-b", "region": "europe-west1"}
    assert found(CLUSTER, {"name": "c"}, **given) == "projects/p/locations/europe-west1-b/clusters/c"
    assert found(CLUSTER, {"name": "c", "location": "us-east1"}, **given) == "projects/p/locations/us-east1/clusters/c"


def test_a_member_of_a_role_is_named_by_its_words_and_its_condition() -> None:
    inputs: dict[str, Any] = {"project": "p", "role": "roles/viewer", "member": "user:j@example.com"}
    assert found(MEMBER, inputs) == "p roles/viewer user:j@example.com"
    assert found(MEMBER, {**inputs, "condition": {"title": "until June"}}) == (
        "p roles/viewer user:j@example.com until June"
    )


def test_a_parent_is_named_by_its_last_segment() -> None:
    pool = {"project": "p", "location": "l", "cluster": "projects/p/locations/l/clusters/c", "name": "n"}
    assert found("gcp:container/nodePool:NodePool", pool) == "projects/p/locations/l/clusters/c/nodePools/n"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [({"name": "web", "namespace": "dev"}, "dev/web"), ({"name": "dev"}, "dev")],
)
def test_an_object_is_named_by_namespace_and_name(metadata: dict[str, str], expected: str) -> None:
    assert found("kubernetes:apps/v1:Deployment", {"metadata": metadata}) == expected


@pytest.mark.parametrize("kind", ["docker:index/image:Image", "pulumi:providers:gcp"])
def test_an_image_and_a_provider_exist_in_no_cloud(kind: str) -> None:
    assert found(kind, {}) is None


def test_a_component_exists_in_no_cloud() -> None:
    assert import_id({"type": "gke-webapp:network:Network", "custom": False}, {}) is None


@pytest.mark.parametrize(
    ("kind", "inputs", "reason"),
    [
        ("gcp:pubsub/topic:Topic", {"name": "t"}, "import id of a gcp:pubsub/topic:Topic is not known"),
        (CLUSTER, {"name": "c", "project": "p"}, "location is not in the state"),
        (CLUSTER, {"name": {"ciphertext": "x"}, "project": "p", "location": "l"}, "name is not in the state"),
        ("kubernetes:core/v1:Pod", {"metadata": {"generateName": "web-"}}, r"metadata\.name is not in the state"),
    ],
)
def test_an_id_that_cannot_be_concluded_is_not_guessed(kind: str, inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoImportIdError, match=reason):
        found(kind, inputs)


@pytest.mark.parametrize("kind", GOOGLE)
def test_every_id_is_made_of_inputs_of_its_type(kind: str) -> None:
    # The SDK is read, not imported: all of a package's types take seconds.
    package = SDK / kind.split(":")[1].partition("/")[0]
    (source,) = [text for path in package.glob("*.py") if f"'{kind}'," in (text := path.read_text())]
    arguments = source.partition("def _internal_init(")[2].partition("):")[0]
    accepted = re.findall(r"^ +(\w+):", arguments, re.MULTILINE)
    for key in (key for _, key, _, _ in Formatter().parse(GOOGLE[kind]) if key):
        assert re.sub("([A-Z])", r"_\1", key).lower() in accepted
