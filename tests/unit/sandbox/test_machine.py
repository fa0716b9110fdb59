from types import SimpleNamespace

import pytest

from sandbox import machine, packages
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.machine import Machine


class Room:
    """Writes down what happens to it."""

    def __init__(self, name: str, events: list[str]) -> None:
        self.name, self.events = name, events
        self.builds = (f"build of {name}",)

    def check(self) -> None:
        self.events.append(f"check {self.name}")

    def prepare(self, _report: object) -> None:
        self.events.append(f"prepare {self.name}")

    def start(self, _report: object) -> None:
        self.events.append(f"start {self.name}")

    def stop(self) -> None:
        self.events.append(f"stop {self.name}")


@pytest.fixture
def events() -> list[str]:
    return []


@pytest.fixture
def built(home: Home, events: list[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    def install(_report: object) -> None:
        events.append("install")

    class Installed:
        def prepare(self, _report: object, *others: str) -> None:
            events.append(f"prepare CLI and {', '.join(others)}")

    monkeypatch.setattr(packages, "install", install)

    def locate(_home: Home) -> Installed:
        return Installed()

    monkeypatch.setattr(machine.Installation, "locate", locate)
    made = Machine(home)
    for name in ("cluster", "registry", "edge"):
        monkeypatch.setattr(made, name, Room(name, events))
    return made


def test_everything_is_checked_before_anything_is_built_and_built_before_anything_starts(
    built: Machine, events: list[str]
) -> None:
    built.start(print)
    assert events[:4] == ["install", "check registry", "check cluster", "check edge"]
    assert set(events[4:6]) == {"prepare CLI and build of cluster", "prepare registry"}
    assert events[6:] == ["start registry", "start cluster", "start edge"]


def test_it_stops_in_reverse_order(built: Machine, events: list[str]) -> None:
    built.stop()
    assert events == ["stop edge", "stop cluster", "stop registry"]


def test_a_full_disk_is_refused_before_anything_is_installed(
    built: Machine, events: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_usage(_path: object) -> SimpleNamespace:
        return SimpleNamespace(free=5 << 20)

    monkeypatch.setattr(machine.shutil, "disk_usage", disk_usage)
    with pytest.raises(SandboxError, match="5 MiB free and a sandbox needs 4096 MiB"):
        built.start(print)
    assert events == []


def test_one_room_that_cannot_stop_does_not_keep_the_others_running(
    built: Machine, events: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise SandboxError("the bridge is in use")

    monkeypatch.setattr(built.edge, "stop", refuse)
    with pytest.raises(SandboxError, match="the bridge is in use"):
        built.stop()
    assert events == ["stop cluster", "stop registry"]
