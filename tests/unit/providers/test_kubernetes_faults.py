"""An API server that fails for a while is asked again; one that fails for good is told of in its own words."""

import itertools
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes import transport
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.configuration import Settings
from sandbox.providers.kubernetes.errors import LostAnswerError, UnreachableError
from sandbox.providers.kubernetes.naming import field_manager
from sandbox.providers.kubernetes.provider import KubernetesProvider
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.faulty import Answer, Faulty, cut, hang, reset, send, status
from tests.unit.providers.speech import Refused, Spoken, struct, urn

THING: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a", "namespace": "dev"},
    "data": {"x": "1"},
}
PATH = "/api/v1/namespaces/dev/configmaps/a"


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """Patience in hundredths of the usual."""
    monkeypatch.setattr(transport, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr(transport, "LEAST", 0.05)
    monkeypatch.setattr(transport, "READ", 0.2)
    monkeypatch.setattr(transport, "ABSENT", 0.1)
    monkeypatch.setattr(transport, "OUTAGE", 0.5)
    server = Faulty()
    yield server
    server.close()


def cluster(faulty: Faulty) -> Cluster:
    return Cluster(Client(faulty.connection), Settings.of({}), threading.Event())


def silent(_text: str) -> None:
    """Hears warnings and forgets them."""


@pytest.mark.parametrize("fault", [status(429), status(500), status(502), status(503), status(504), reset, hang, cut])
def test_a_fault_that_passes_costs_only_time(faulty: Faulty, fault: Answer) -> None:
    known = cluster(faulty)
    assert known.read(THING) is None
    faulty.script = [fault, None, fault, fault]
    live = known.create(THING, "us", 30, silent)
    assert live["data"] == {"x": "1"}
    assert [method for method, path in faulty.asked if path == PATH].count("PATCH") == 3


def test_the_server_says_how_long_to_wait(faulty: Faulty) -> None:
    known = cluster(faulty)
    known.read(THING)
    faulty.script = [status(429, Retry_After="1")]
    start = time.monotonic()
    with pytest.raises(SandboxError, match="as asked"):
        known.update(THING, "us", 30, silent)
    assert time.monotonic() - start < 1, "waiting a second would be longer than an outage may last here"
    assert len(faulty.asked) == 3


def test_a_refusal_is_not_repeated(faulty: Faulty) -> None:
    known = cluster(faulty)
    known.read(THING)
    faulty.script = [None, status(403, "exceeded quota")]
    with pytest.raises(SandboxError, match=r"ConfigMap dev/a was refused by .* exceeded quota"):
        known.create(THING, "us", 30, silent)
    assert faulty.script == []


def test_a_fault_that_stays_ends_with_kind_name_and_the_servers_words(faulty: Faulty) -> None:
    known = cluster(faulty)
    known.read(THING)
    faulty.script = [status(500, "etcdserver: no leader")] * 1000
    heard: list[str] = []
    start = time.monotonic()
    with pytest.raises(SandboxError, match=r"ConfigMap dev/a was refused by .* etcdserver: no leader"):
        known.create(THING, "us", 30, heard.append)
    assert time.monotonic() - start < 2
    assert len(heard) == 1 and "tried again" in heard[0]


def test_no_request_is_repeated_longer_than_the_resource_may_take(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "OUTAGE", 600)
    known = cluster(faulty)
    known.read(THING)
    faulty.script = [status(503)] * 1000
    start = time.monotonic()
    with pytest.raises(SandboxError):
        known.create(THING, "us", 0.3, silent)
    assert time.monotonic() - start < 2


def test_a_lost_answer_leaves_it_open_whether_the_change_was_made(faulty: Faulty) -> None:
    known = cluster(faulty)
    known.read(THING)
    faulty.script = [None, *itertools.repeat(reset, 1000)]
    with pytest.raises(LostAnswerError, match=r"ConfigMap dev/a: .* may have been done"):
        known.create(THING, "us", 30, silent)


def test_a_server_that_was_never_there_is_not_waited_for_long(faulty: Faulty) -> None:
    absent = cluster(faulty)
    faulty.close()
    start = time.monotonic()
    with pytest.raises(UnreachableError, match="cannot be reached") as error:
        absent.create(THING, "us", 30, silent)
    assert not isinstance(error.value, LostAnswerError)
    assert time.monotonic() - start < 2


def deprecated(handler: BaseHTTPRequestHandler) -> None:
    send(handler, THING, headers={"Warning": '299 - "v1 Thing is deprecated"'})


def spoken_to(provider: KubernetesProvider, faulty: Faulty, **settings: Any) -> Spoken:
    spoken = Spoken(provider)
    spoken.call("Configure", provider_pb2.ConfigureRequest(args=struct({"kubeconfig": faulty.kubeconfig, **settings})))
    return spoken


def previewed(faulty: Faulty, **settings: Any) -> list[str]:
    """What a preview of the object's creation tells beside it."""
    provider = KubernetesProvider()
    heard: list[str] = []
    provider.warn = lambda _urn, text: heard.append(text)
    spoken = spoken_to(provider, faulty, **settings)
    assert spoken.create(TOKEN, THING, preview=True).properties["data"] == {"x": "1"}
    return heard


TOKEN = urn("kubernetes:core/v1:ConfigMap")


def existing(manager: str, **metadata: Any) -> dict[str, Any]:
    managed = [{"manager": manager, "operation": "Apply"}]
    return {**THING, "metadata": {**THING["metadata"], "uid": "u1", "managedFields": managed, **metadata}}


@pytest.mark.parametrize("token", ["kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:ConfigMapPatch"])
def test_a_replacement_of_the_same_name_is_refused_while_the_old_one_is_there(faulty: Faulty, token: str) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty)
    spoken.check(urn(token), THING, THING)
    spoken.check(urn(token), THING)
    faulty.objects[PATH] = existing(field_manager(urn(token)))
    with pytest.raises(Refused, match=r"ConfigMap dev/a already exists.*delete_before_replace"):
        spoken.create(urn(token), THING)
    assert "PATCH" not in [method for method, _ in faulty.asked]
    del faulty.objects[PATH]
    assert spoken.create(urn(token), THING).id == "dev/a"


def test_a_replacement_that_was_killed_can_be_repeated_under_its_own_name(faulty: Faulty) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty)
    spoken.check(TOKEN, THING, {**THING, "metadata": {"name": "old", "namespace": "dev"}})
    spoken.check(TOKEN, THING, THING)
    faulty.objects[PATH] = existing(field_manager(TOKEN))
    assert spoken.create(TOKEN, THING).id == "dev/a"


def test_a_killed_creation_is_taken_up_by_the_next_run(faulty: Faulty) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty)
    spoken.check(TOKEN, THING, THING)
    faulty.objects[PATH] = existing(field_manager(TOKEN))
    assert spoken.create(TOKEN, THING).id == "dev/a"


def test_a_preview_asks_once_for_each_new_object_and_changes_nothing(faulty: Faulty) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty)
    for _ in range(2):
        spoken.create(TOKEN, THING, preview=True)
    creations = [asked for asked in faulty.asked if asked[0] == "POST"]
    assert creations == [("POST", PATH.rpartition("/")[0])] * 2
    assert len(faulty.asked) == 3, "and once for the kind"
    assert PATH not in faulty.objects


@pytest.mark.parametrize("fault", [status(403, "exceeded quota"), status(422, "unknown field")])
def test_a_preview_tells_what_would_be_refused_and_goes_on(faulty: Faulty, fault: Answer) -> None:
    faulty.script = [None, fault]
    (told,) = previewed(faulty)
    assert "ConfigMap dev/a would be refused by the API server as things are now" in told


@pytest.mark.parametrize("fault", [status(404), status(503), reset, hang])
def test_a_preview_is_silent_about_what_may_be_otherwise_in_an_update(faulty: Faulty, fault: Answer) -> None:
    faulty.script = [None, fault]
    assert previewed(faulty) == []


def test_a_preview_of_a_cluster_that_is_away_tries_only_once(faulty: Faulty) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty)
    faulty.script = [reset] * 1000
    for _ in range(3):
        spoken.create(TOKEN, THING, preview=True)
    assert len(faulty.asked) == 1


def test_a_preview_asks_nothing_about_what_is_not_known_yet(faulty: Faulty) -> None:
    unknown = {**THING, "data": {"x": UNKNOWN}}
    spoken_to(KubernetesProvider(), faulty).create(TOKEN, unknown, preview=True)
    assert faulty.asked == []


def test_deprecations_are_told_unless_the_provider_suppresses_them(faulty: Faulty) -> None:
    faulty.script = [None, deprecated, None, deprecated]
    assert previewed(faulty) == ["v1 Thing is deprecated"]
    assert previewed(faulty, suppressDeprecationWarnings="true") == []


def test_a_job_that_is_not_complete_is_replaced_when_the_program_asks_for_that(faulty: Faulty) -> None:
    path = "/apis/batch/v1/namespaces/dev/jobs/a"
    faulty.objects["/apis/batch/v1"] = {"resources": [{"name": "jobs", "kind": "Job", "namespaced": True}]}
    spoken = spoken_to(KubernetesProvider(), faulty)
    metadata = {"name": "a", "namespace": "dev", "annotations": {"pulumi.com/replaceUnready": "true"}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {}}
    complete = {"conditions": [{"type": "Complete", "status": "True"}]}
    for status_, replaces in (({}, 1), (complete, 0)):
        faulty.objects[path] = {**job, "status": status_}
        diff = spoken.diff(urn("kubernetes:batch/v1:Job"), job, job)
        assert len(diff.replaces) == replaces
        assert diff.deleteBeforeReplace is bool(replaces)


def test_an_update_can_be_skipped_while_the_cluster_is_away(faulty: Faulty) -> None:
    spoken = spoken_to(KubernetesProvider(), faulty, skipUpdateUnreachable="true")
    changed = {**THING, "data": {"x": "2"}}
    assert spoken.check(TOKEN, changed, THING).inputs["data"] == {"x": "2"}
    faulty.close()
    away = spoken_to(KubernetesProvider(), faulty, skipUpdateUnreachable="true")
    assert away.check(TOKEN, changed, THING).inputs["data"] == {"x": "1"}
