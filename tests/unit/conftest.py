"""A sandbox's home of their own for all tests, and recordings of the whole program, made once."""

from collections.abc import Iterator
from functools import cache

import pytest

from sandbox.home import VARIABLE
from tests.unit.recording import Recording, record_stack

STACKS = ("dev", "staging", "prod")

recorded = cache(record_stack)


@pytest.fixture(scope="session", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The checkout's own sandbox is somebody's who works here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("sandbox")))
        yield


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Recording:
    """Each stack in turn, deployed."""
    return recorded(request.param)


@pytest.fixture
def dev() -> Recording:
    """The dev stack, deployed."""
    return recorded("dev")
