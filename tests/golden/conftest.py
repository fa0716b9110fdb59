"""The option that rewrites golden files; tests run in the environment of the unit tests."""

import pytest

from tests.unit.conftest import environment as environment


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write golden files in place of comparing them")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written."""
    return bool(request.config.getoption("--update"))
