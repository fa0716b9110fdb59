"""Fixtures of the engine's tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import secrets
from tests.unit.engine.cloud import Cloud, Stack
from tests.unit.engine.kill import Kill


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def stack(tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Derives keys with one iteration: that they take a million is the rule of one test alone.

    Without bytecode: a program changed within a second, to the same length, would be taken for the one before.
    """
    monkeypatch.setattr(secrets, "ITERATIONS", 1)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    stack = Stack(tmp_path, cloud)
    yield stack
    stack.plugins.close()


@pytest.fixture
def kill(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Kill:
    return Kill(stack, monkeypatch)
