"""Google's resource types that are not simulated are passed through."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.home import Home
from sandbox.providers.gcp.passthrough import COMPUTED
from sandbox.providers.gcp.provider import GcpProvider
from tests.unit.providers.speech import SIGNATURE, Spoken, plain, secret, struct, urn

BUCKET = urn("gcp:storage/bucket:Bucket")
OBJECT = urn("gcp:storage/bucketObject:BucketObject")


@pytest.fixture
def provider(tmp_path: Path) -> GcpProvider:
    return GcpProvider(Home(tmp_path, tmp_path))


@pytest.fixture
def spoken(provider: GcpProvider) -> Spoken:
    return Spoken(provider)


def test_its_inputs_are_taken_as_they_are(spoken: Spoken) -> None:
    checked = spoken.check(BUCKET, {"location": "EU", "anything": secret("x")})
    assert not checked.failures
    assert plain(checked.inputs) == {"location": "EU", "anything": secret("x")}


def test_a_type_is_warned_of_once(spoken: Spoken, provider: GcpProvider) -> None:
    told: list[str] = []
    provider.warn = lambda _urn, message: told.append(message)
    for resource in (BUCKET, f"{BUCKET}-2", OBJECT):
        spoken.check(resource, {})
    assert [message.split(" ")[0] for message in told] == [
        "gcp:storage/bucket:Bucket",
        "gcp:storage/bucketObject:BucketObject",
    ]


# Importing a module of the SDK warns of what it has renamed.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_preview_leaves_its_outputs_open_and_a_creation_says_that_they_are_computed(spoken: Spoken) -> None:
    given = {"location": "EU"}
    assert plain(spoken.create(BUCKET, given, preview=True).properties) == given
    created = spoken.create(BUCKET, given)
    outputs = plain(created.properties)
    assert created.id == "web"
    assert (outputs["location"], outputs["url"]) == ("EU", COMPUTED)
    assert "versioning" not in outputs, "only text can say so"


def test_it_changes_in_place_and_what_is_computed_stays(spoken: Spoken) -> None:
    diff = spoken.diff(BUCKET, {"location": "EU"}, {"location": "US"})
    assert list(diff.detailedDiff) == ["location"]
    assert not diff.replaces
    request = provider_pb2.UpdateRequest(
        urn=BUCKET, id="web", olds=struct({"location": "EU", "url": COMPUTED}), news=struct({"location": "US"})
    )
    assert plain(spoken.call("Update", request).properties) == {"location": "US", "url": COMPUTED}


def test_another_file_is_a_change(spoken: Spoken) -> None:
    def file(digest: str) -> dict[str, Any]:
        asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": digest, "text": digest}
        return {"source": asset}

    assert not spoken.diff(OBJECT, file("1"), file("1")).detailedDiff
    assert spoken.diff(OBJECT, file("1"), file("2")).detailedDiff


def test_it_is_read_and_deleted_without_a_record(spoken: Spoken) -> None:
    request = provider_pb2.ReadRequest(urn=BUCKET, id="web", properties=struct({"url": "u"}), inputs=struct({}))
    assert plain(spoken.call("Read", request).properties) == {"url": "u"}
    spoken.call("Delete", provider_pb2.DeleteRequest(urn=BUCKET, id="web"))
