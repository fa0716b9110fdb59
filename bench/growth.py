"""How the engine's time grows with the number of resources."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pulumi.provider.experimental.provider import CreateRequest, CreateResponse, DeleteRequest, Provider

from bench.row import Row, medians
from sandbox.engine.engine import Engine
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program

MANY = Path(__file__).parent / "programs" / "many"
RUNS = 3
TARGET = 11


class Instant(Provider):
    """Creates in no time."""

    async def create(self, request: CreateRequest) -> CreateResponse:
        return CreateResponse(request.name, request.properties)

    async def delete(self, request: DeleteRequest) -> None:
        pass


def rows() -> list[Row]:
    ten, hundred, thousand = medians([_up(count) for count in (10, 100, 1000)], RUNS)
    return [
        Row("engine: up of 100 resources", hundred, "of 10", ten, "s", TARGET),
        Row("engine: up of 1000 resources", thousand, "of 100", hundred, "s", TARGET),
    ]


def _up(resources: int) -> Callable[[], float]:
    """Creates that many resources from nothing."""
    program = Program(MANY, "many", "bench", {"many:resources": str(resources)}, frozenset())

    def run() -> float:
        plugins = Plugins({"bench": Instant})
        try:
            with TemporaryDirectory() as directory:
                engine = Engine(program, Path(directory) / "state.json", "passphrase", plugins, lambda _event: None)
                start = time.perf_counter()
                assert engine.up().ok
                return time.perf_counter() - start
        finally:
            plugins.close()

    return run
