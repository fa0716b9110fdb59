"""Recordings of the whole program, made once."""

from functools import cache

import pytest

from tests.unit.recording import Recording, record_stack

STACKS = ("dev", "staging", "prod")

recorded = cache(record_stack)


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Recording:
    """Each stack in turn, deployed."""
    return recorded(request.param)


@pytest.fixture
def dev() -> Recording:
    """The dev stack, deployed."""
    return recorded("dev")
