"""The seven services in process, with everything that they need in memory."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import chassis.database
import chassis.events
import chassis.store
import pytest

from tests.unit.tour import fakes

APPS = Path(__file__).parents[3] / "examples" / "tour" / "apps"

ENVIRONMENT = {
    "NODE_ENV": "test",
    "REDIS_HOST": "redis.example.com",
    "REDIS_PORT": "6379",
    "JWT_ACCESS_SECRET": "access " * 6,
    "JWT_REFRESH_SECRET": "refresh " * 6,
}

Load = Callable[[str], Any]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports the module of a service, anew."""
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(chassis.database, "Database", fakes.Database)
    monkeypatch.setattr(chassis.events, "Events", fakes.Events)
    monkeypatch.setattr(chassis.store, "Redis", fakes.Redis)

    def module(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"service_{name}", APPS / name / "service.py")
        assert spec and spec.loader
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return loaded

    return module
