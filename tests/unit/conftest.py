"""An environment of their own for all tests, and recordings of the whole program, made once."""

import os
from collections.abc import Iterator
from functools import cache

import pytest

from sandbox.home import VARIABLE
from tests.unit.recording import Recording, record_stack

STACKS = ("dev", "staging", "prod")

recorded = cache(record_stack)


CALLERS = ("CLOUDSDK_", "DOCKER_", "GITHUB_", "GO", "GOOGLE_", "KUBE", "PULUMI_")
"""How variables begin that change what Pulumi, Kubernetes, Google Cloud, Docker or Go does."""


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test depends on the variables of whoever runs it, nor touches the sandbox of this checkout."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(CALLERS)]:
            patch.delenv(name)
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
