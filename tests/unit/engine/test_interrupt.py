"""Ctrl-C or SIGTERM once finishes what is in flight and saves; twice stops now and leaves the rest to the journal."""

import os
import signal
import time

import pytest

from sandbox.engine.events import Diagnostic
from sandbox.providers.plugin import Unclear
from tests.unit.engine.cloud import Cloud, Stack, ops, warnings

PROGRAM = """
    a = Thing("a", value="1")
    Thing("b", value=a.token)
"""


def interrupt(stack: Stack, number: int = signal.SIGINT) -> None:
    """Send the signal, and return once the engine has taken it."""
    os.kill(os.getpid(), number)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if any(isinstance(event, Diagnostic) and "Interrupted" in event.message for event in stack.events):
            return
        time.sleep(0.001)
    raise AssertionError("the engine took no notice")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_finishes_what_is_in_flight_saves_and_starts_nothing_more(stack: Stack, cloud: Cloud, number: int) -> None:
    cloud.on_call = lambda method, _name: interrupt(stack, number) if method == "create" else None
    result = stack.up(PROGRAM, fails=True)
    cloud.on_call = lambda _method, _name: None
    assert result.interrupted
    assert ops(result) == {"a": "create"}
    assert set(stack.resources()) == {"default", "project-test", "a"}
    assert not stack.state.with_suffix(".journal").exists()
    assert ops(stack.up(PROGRAM)) == {"a": "same", "b": "create"}


def test_once_in_a_destroy_keeps_what_was_not_deleted_yet(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    cloud.on_call = lambda method, _name: interrupt(stack) if method == "delete" else None
    result = stack.destroy()
    cloud.on_call = lambda _method, _name: None
    assert result.interrupted
    assert set(cloud.objects) == {"a"}
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_once_in_a_refresh_keeps_what_was_read(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    cloud.objects.clear()
    cloud.on_call = lambda method, name: interrupt(stack) if (method, name) == ("read", "a") else None
    result = stack.refresh()
    cloud.on_call = lambda _method, _name: None
    assert result.interrupted
    assert not result.ok
    assert "a" not in stack.resources()
    assert stack.refresh().ok
    assert set(stack.resources()) == {"default", "project-test"}


def test_twice_stops_now_and_the_next_run_takes_it_up(stack: Stack, cloud: Cloud) -> None:
    def insist(method: str, _name: str) -> None:
        if method == "create":
            interrupt(stack)
            os.kill(os.getpid(), signal.SIGINT)
            raise Unclear("the answer came too late for anyone to hear it")

    cloud.on_call = insist
    with pytest.raises(KeyboardInterrupt, match="the next run says what it was"):
        stack.up(PROGRAM)
    cloud.on_call = lambda _method, _name: None
    assert stack.state.with_suffix(".journal").exists()
    result = stack.up(PROGRAM)
    assert set(cloud.objects) == {"a", "b"}
    assert "creating a" in warnings(result)[0].message


def test_the_signal_handler_of_the_caller_is_restored(stack: Stack) -> None:
    before = signal.getsignal(signal.SIGINT)
    stack.up("pass")
    assert signal.getsignal(signal.SIGINT) is before
