"""One `up` of what has changed, in a process of its own: a newer change can end it."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Collection, Generator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from rich.console import Console
from rich.text import Text

from sandbox import embedded
from sandbox.engine import urn as urns
from sandbox.engine.events import Diagnostic, Done, Event
from sandbox.engine.report import DID, SEVERITIES, SYMBOLS
from sandbox.engine.targets import Selection
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.lock import exclusive
from sandbox.session import Session

WARM = [
    __name__,
    "pulumi_docker.image",
    "pulumi_docker.provider",
    "pulumi_gcp.provider",
    "pulumi_kubernetes.provider",
    "pydantic",
    "sandbox.providers.docker.provider",
    "sandbox.providers.gcp.provider",
    "sandbox.providers.kubernetes.cluster",
    "sandbox.providers.kubernetes.provider",
]
"""Imported once: providers, and what programs use. No program is: what changes in it counts."""

PATIENCE = 5.0
"""Seconds that an interrupted run gets to write down what it had begun."""

PAUSE = 0.2
"""Seconds before a sandbox that another command holds is tried again."""


def warm() -> ForkServerContext:
    """A process that has all imports behind it, and forks runs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(WARM)
    forkserver.ensure_running()
    return context


class Rollout:
    """Builds the images of these URNs and rolls out what depends on them, from now on."""

    def __init__(self, context: ForkServerContext, session: Session, images: Collection[str]) -> None:
        self._process = context.Process(target=deploy, args=[session, sorted(images)])
        self._process.start()

    @property
    def running(self) -> bool:
        return self._process.is_alive()

    @property
    def ok(self) -> bool:
        """Whether it ended with everything in place."""
        return self._process.exitcode == 0

    def end(self) -> None:
        """Let it stop where it is: the engine's journal says what it had begun, and the next run goes on from there."""
        # The first interrupt lets it finish what is in flight, which may be a wait of minutes; the second does not.
        for _ in range(2):
            if self.running and self._process.pid:
                with suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGINT)
                self._process.join(0.2)
        self._process.join(PATIENCE)
        if self.running:
            self._process.kill()
            self._process.join()


def deploy(session: Session, images: list[str]) -> None:
    """What the process does. Its exit status is 1 when not everything is in place."""
    console = Console(highlight=False, soft_wrap=True)

    def tell(event: Event) -> None:
        match event:
            case Done(step) if step.op != "same":
                symbol, color = SYMBOLS[step.op]
                kind = urns.type_of(step.urn).rpartition(":")[2]
                done = f"{kind} {step.name} {DID[step.op]} ({step.seconds:.1f}s)"
                console.print(Text.assemble((f" {symbol} ", color), done))
            case Diagnostic(severity, message) if severity != "info":
                console.print(Text(f"{severity}: {message}", SEVERITIES[severity]))
            case _:
                pass

    try:
        with _turn(session.home, console):
            outcome = embedded.operate(session, "up", tell, Selection(tuple(images), dependents=True))
    except SandboxError as error:
        console.print(Text(f"error: {error}", "red"))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(not outcome.result.ok)


@contextmanager
def _turn(home: Home, console: Console) -> Generator[None]:
    """Hold the sandbox, as soon as whoever holds it lets go."""
    with ExitStack() as held:
        told = False
        while True:
            try:
                held.enter_context(exclusive(home, "dev"))
                break
            except SandboxError as busy:
                if not told:
                    console.print(Text(f"Waiting: {busy}", "yellow"))
                told = True
                time.sleep(PAUSE)
        yield
