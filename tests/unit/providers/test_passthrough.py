"""Google's resource types that are not simulated are passed through."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.home import Home
from sandbox.providers.gcp.passthrough import COMPUTED
from sandbox.providers.gcp.provider import GcpProvider
from tests.unit.providers.speech import SIGNATURE, Spoken, plain, secret, struct, urn

REDIS = urn("gcp:redis/instance:Instance")
OBJECT = urn("gcp:storage/bucketObject:BucketObject")


@pytest.fixture
def provider(tmp_path: Path) -> GcpProvider:
    return GcpProvider(Home(tmp_path, tmp_path))


@pytest.fixture
def spoken(provider: GcpProvider) -> Spoken:
    return Spoken(provider)


def test_its_inputs_are_taken_as_they_are(spoken: Spoken) -> None:
    checked = spoken.check(REDIS, {"region": "EU", "anything": secret("x")})
    assert not checked.failures
    assert plain(checked.inputs) == {"region": "EU", "anything": secret("x")}


def test_a_type_is_warned_of_once(spoken: Spoken, provider: GcpProvider) -> None:
    told: list[str] = []
    provider.warn = lambda _urn, message: told.append(message)
    for resource in (REDIS, f"{REDIS}-2", OBJECT):
        spoken.check(resource, {})
    assert [message.split(" ")[0] for message in told] == [
        "gcp:redis/instance:Instance",
        "gcp:storage/bucketObject:BucketObject",
    ]


# Importing a module of the SDK warns of what it has renamed.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_preview_leaves_its_outputs_open_and_a_creation_says_that_they_are_computed(spoken: Spoken) -> None:
    given = {"region": "EU"}
    assert plain(spoken.create(REDIS, given, preview=True).properties) == given
    created = spoken.create(REDIS, given)
    outputs = plain(created.properties)
    assert created.id == "web"
    assert (outputs["region"], outputs["host"]) == ("EU", COMPUTED)
    assert "persistenceConfig" not in outputs, "only text can say so"


def test_it_changes_in_place_and_what_is_computed_stays(spoken: Spoken) -> None:
    diff = spoken.diff(REDIS, {"region": "EU"}, {"region": "US"})
    assert list(diff.detailedDiff) == ["region"]
    assert not diff.replaces
    request = provider_pb2.UpdateRequest(
        urn=REDIS, id="web", olds=struct({"region": "EU", "url": COMPUTED}), news=struct({"region": "US"})
    )
    assert plain(spoken.call("Update", request).properties) == {"region": "US", "url": COMPUTED}


def test_another_file_is_a_change(spoken: Spoken) -> None:
    def file(digest: str) -> dict[str, Any]:
        asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": digest, "text": digest}
        return {"source": asset}

    assert not spoken.diff(OBJECT, file("1"), file("1")).detailedDiff
    assert spoken.diff(OBJECT, file("1"), file("2")).detailedDiff


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_is_read_and_deleted_without_a_record(spoken: Spoken) -> None:
    request = provider_pb2.ReadRequest(urn=REDIS, id="web", properties=struct({"url": "u"}), inputs=struct({}))
    assert plain(spoken.call("Read", request).properties) == {"url": "u"}
    others = provider_pb2.ReadRequest(urn=REDIS, id="others", properties=struct({}), inputs=struct({}))
    assert plain(spoken.call("Read", others).properties)["host"] == COMPUTED
    spoken.call("Delete", provider_pb2.DeleteRequest(urn=REDIS, id="web"))
