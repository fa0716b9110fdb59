"""What is built, and when."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from sandbox.dev import loop
from sandbox.dev.context import IMAGE
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.pulumi.stack import Stack
from sandbox.session import Session
from tests.unit.dev import state
from tests.unit.dev.conftest import DOCKERFILE

CART, TILL = state.urn(IMAGE, "cart"), state.urn(IMAGE, "till")

Script = Iterator[list[Path]]
"""Yields the files that were changed since the last time."""


class Rollout:
    """In the place of one: runs until the test says how it ended."""

    def __init__(self, images: set[str]) -> None:
        self.images, self.running, self.succeeded, self.canceled = set(images), True, False, False

    def cancel(self) -> None:
        self.canceled, self.running = True, False

    def end(self, *, succeeded: bool) -> None:
        self.running, self.succeeded = False, succeeded


class Rollouts:
    """In the place of those of a stack."""

    def __init__(self) -> None:
        self.started: list[Rollout] = []
        self.mistake = ""
        """What is wrong with the stack file."""
        self.closed = False

    def prepare(self) -> None: ...

    def start(self, images: set[str]) -> Rollout:
        if self.mistake:
            raise SandboxError(self.mistake)
        self.started.append(Rollout(images))
        return self.started[-1]

    def close(self) -> None:
        self.closed = True


class NoLogs:
    """In the place of Logs."""

    def __init__(self, *_: object) -> None: ...

    def follow(self, workloads: object) -> None: ...

    def close(self) -> None: ...


class Stage:
    """A loop with nothing real but the files."""

    def __init__(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project, self.output = project, io.StringIO()
        self.stack = Rollouts()
        self.rollouts = self.stack.started
        definition: Any = SimpleNamespace(directory=project, name="shop")
        self.session = Session(Home(project / ".sandbox", project / ".cache"), definition, "dev")
        self._state = Stack(self.session).checkpoint
        self._state.parent.mkdir(parents=True)
        self.deploy()

        def rollouts(_session: Session) -> Rollouts:
            return self.stack

        monkeypatch.setattr(loop, "Rollouts", rollouts)
        monkeypatch.setattr(loop, "Logs", NoLogs)
        self._patch = monkeypatch

    def deploy(self, *names: str) -> None:
        """The state says that these images, or all, are built from what lies there now."""
        known = {entry["urn"]: entry for entry in self._resources()}
        for name in names or ("cart", "till"):
            entry = state.image(name, self.project, f"apps/{name}", DOCKERFILE)
            known[entry["urn"]] = entry
        self._state.write_text(json.dumps({"checkpoint": {"latest": {"resources": list(known.values())}}}))

    def _resources(self) -> list[dict[str, Any]]:
        return Stack(self.session).resources

    def empty(self) -> None:
        self._state.unlink()

    def edit(self, path: str, content: str) -> list[Path]:
        file = self.project / path
        file.write_text(content)
        return [file]

    def play(self, script: Callable[["Stage"], Script]) -> None:
        """Run the loop on what the script changes, until the script is over."""

        def watch(*_paths: Path, **_options: Any) -> Iterator[set[tuple[int, str]]]:
            for changed in script(self):
                yield {(1, str(path)) for path in changed}
            raise KeyboardInterrupt

        self._patch.setattr(loop, "watch", watch)
        with pytest.raises(KeyboardInterrupt):
            loop.Loop(self.session, Console(file=self.output)).run()


@pytest.fixture
def stage(project: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(project, monkeypatch)


def test_a_change_builds_its_own_image_alone(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield []
        yield stage.edit("apps/cart/service.py", "name = 'new'")

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{CART}]
    assert "Changed: cart" in stage.output.getvalue()


def test_nothing_is_built_for_what_the_image_does_not_hold_or_holds_already(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield stage.edit("apps/cart/notes.txt", "not let in")
        yield stage.edit("apps/cart/service.py", "name = 'cart'\n")

    stage.play(script)
    assert stage.rollouts == []


def test_what_changed_while_nobody_watched_is_built_at_once(stage: Stage) -> None:
    stage.edit("apps/till/service.py", "name = 'new'")

    def script(_: Stage) -> Script:
        yield []

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{TILL}]


def test_a_dockerfile_that_images_share_builds_all_of_them(stage: Stage) -> None:
    stage.play(lambda stage: iter([stage.edit(DOCKERFILE, "FROM scratch\n")]))
    assert [rollout.images for rollout in stage.rollouts] == [{CART, TILL}]


def test_a_newer_change_ends_the_run_and_takes_its_images_along(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield stage.edit("apps/cart/service.py", "crashes()")
        yield stage.edit("apps/till/service.py", "name = 'new'")

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{CART}, {CART, TILL}]
    assert stage.rollouts[0].canceled


def test_saving_the_same_again_leaves_the_run_alone(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        for _ in range(3):
            yield stage.edit("apps/cart/service.py", "name = 'new'")

    stage.play(script)
    assert len(stage.rollouts) == 1


def test_taking_a_change_back_while_it_is_rolled_out_is_a_change(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield stage.edit("apps/cart/service.py", "name = 'new'")
        yield stage.edit("apps/cart/service.py", "name = 'cart'\n")

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{CART}, {CART}]


def test_what_is_deployed_is_not_built_again(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield stage.edit("apps/cart/service.py", "name = 'new'")
        stage.deploy("cart")
        stage.rollouts[0].end(succeeded=True)
        yield []
        yield stage.edit("apps/till/service.py", "name = 'new'")

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{CART}, {TILL}]
    assert "Deployed" in stage.output.getvalue()


def test_what_failed_is_tried_again_with_the_next_change(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        yield stage.edit("apps/cart/service.py", "syntax error")
        stage.rollouts[0].end(succeeded=False)
        yield []
        yield stage.edit("apps/till/service.py", "name = 'new'")

    stage.play(script)
    assert [rollout.images for rollout in stage.rollouts] == [{CART}, {CART, TILL}]
    assert "Not deployed" in stage.output.getvalue()


def test_the_end_of_the_loop_is_the_end_of_the_run_under_way_and_of_the_plugins(stage: Stage) -> None:
    stage.play(lambda stage: iter([stage.edit("apps/cart/service.py", "name = 'new'")]))
    assert stage.rollouts[0].canceled
    assert stage.stack.closed


def test_a_mistake_in_the_stack_file_is_shown_and_does_not_end_the_loop(stage: Stage) -> None:
    def script(stage: Stage) -> Script:
        stage.stack.mistake = "replicas: must be a number"
        yield stage.edit("apps/cart/service.py", "name = 'new'")
        stage.stack.mistake = ""
        yield stage.edit("apps/till/service.py", "name = 'new'")

    stage.play(script)
    assert "error: replicas: must be a number\nNot deployed" in stage.output.getvalue()
    assert [rollout.images for rollout in stage.rollouts] == [{CART, TILL}]


def test_a_stack_without_images_is_refused(stage: Stage) -> None:
    stage.empty()
    with pytest.raises(SandboxError, match=r"builds no image.*Bring it up first"):
        stage.play(lambda _: iter([]))
