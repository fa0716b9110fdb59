"""The copy of the cluster survives whatever happens to the API server."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from kubernetes.client import ApiException

from sandbox.edge import watch
from sandbox.edge.api import Api
from sandbox.edge.objects import Key, Kind, Object, key
from sandbox.edge.watch import Watch


class Over(BaseException):
    """Ends the endless loop."""


def ingress(name: str, version: str) -> Object:
    return {"metadata": {"namespace": "shop", "name": name, "resourceVersion": version}}


Answers = Sequence[Sequence[Object] | Exception]
Changes = Sequence[Sequence[tuple[str, Object] | Exception]]


class FakeApi(Api):
    """Gives each list and each watch the next of its answers; an exception among them is raised."""

    def __init__(self, lists: Answers, watches: Changes) -> None:
        super().__init__(Path("absent"))
        self.lists = iter(lists)
        self.watches = iter(watches)
        self.asked: list[str] = []

    def list(self, kind: Kind) -> tuple[dict[Key, Object], str]:
        self.asked.append(f"list {kind.value[2]}")
        answer = next(self.lists, Over())
        if isinstance(answer, BaseException):
            raise answer
        return {key(thing): thing for thing in answer}, "1"

    def watch(self, kind: Kind, version: str) -> Iterator[tuple[str, Object]]:
        self.asked.append(f"watch {kind.value[2]} from {version}")
        for change in next(self.watches, [Over()]):
            if isinstance(change, BaseException):
                raise change
            yield change


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_RETRY", 0)


def follow(api: FakeApi) -> tuple[list[str], set[str]]:
    """Follow Ingresses until the answers are used up: what was asked, and the names that are then known."""
    follower = Watch(api)
    with pytest.raises(Over):
        follower.follow(Kind.INGRESS)
    asked = list(api.asked)
    api.lists = iter([[] for _ in Kind])
    for kind in set(Kind) - {Kind.INGRESS}:
        with pytest.raises(Over):
            follower.follow(kind)
    assert follower.cluster is not None
    return asked, {name for _, name in follower.cluster[Kind.INGRESS]}


def test_nothing_is_known_before_every_kind_was_listed() -> None:
    assert Watch(FakeApi([], [])).cluster is None


def test_changes_are_followed_from_the_last_version_seen() -> None:
    changes: Sequence[tuple[str, Object]] = [
        ("ADDED", ingress("b", "2")),
        ("DELETED", ingress("a", "3")),
        ("BOOKMARK", {"metadata": {"resourceVersion": "9"}}),
    ]
    asked, names = follow(FakeApi([[ingress("a", "1")]], [changes]))
    assert asked[:3] == ["list ingresses", "watch ingresses from 1", "watch ingresses from 9"]
    assert names == {"b"}


@pytest.mark.parametrize("error", [ApiException(status=410), ApiException(status=500), OSError("gone")])
def test_after_any_error_everything_is_listed_afresh(error: Exception) -> None:
    api = FakeApi([[ingress("a", "1")], [ingress("b", "5")]], [[error]])
    asked, names = follow(api)
    assert asked[:3] == ["list ingresses", "watch ingresses from 1", "list ingresses"]
    assert names == {"b"}


def test_what_was_known_stays_known_while_the_api_server_is_away() -> None:
    away = OSError("connection refused")
    asked, names = follow(FakeApi([[ingress("a", "1")], away, away], [[away]]))
    assert asked[:5] == ["list ingresses", "watch ingresses from 1", *["list ingresses"] * 3]
    assert names == {"a"}
