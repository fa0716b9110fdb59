"""The dev loop: watch, build, roll out, listen; until it is interrupted."""

import time
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.text import Text
from watchfiles import watch

from sandbox.dev.context import Context, contexts, outermost
from sandbox.dev.logs import Logs
from sandbox.dev.rollout import Rollout, warm
from sandbox.dev.workload import workloads
from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.configuration import Connection
from sandbox.pulumi_cli import resources
from sandbox.session import Session

COLORS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta", "bright_green")

POLL = 200
"""Milliseconds between two looks at a run under way."""

SETTLE = 50
"""Milliseconds without another change after which those so far are taken together."""


class Loop:
    """The loop of one stack, which is up."""

    def __init__(self, session: Session, console: Console) -> None:
        self._session, self._console = session, console
        self._rollout: Rollout | None = None
        self._pending: set[str] = set()
        """Images that have changed, and are not known to be in place."""
        self._taken: dict[str, str] = {}
        """Digest of what was last built, or tried, of an image."""
        self._saved = 0.0
        """When the first of them changed, by the monotonic clock."""

    def run(self) -> None:
        """Returns never; KeyboardInterrupt ends it, and a run under way.

        Raises SandboxError for a stack without images.
        """
        found = self._contexts()
        if not found:
            raise SandboxError(
                f"{self._session.project.name} builds no image in stack {self._session.stack}, so there is nothing to "
                "watch. Bring it up first; images of its own are resources of the type docker:index/image:Image."
            )
        self._listen()
        self._processes = warm()
        self._say(f"Watching {', '.join(context.name for context in found)}. Ctrl-C ends it.")
        paths = outermost(path for context in found for path in context.paths)
        try:
            self._take(found)
            for changes in watch(*paths, watch_filter=None, step=SETTLE, rust_timeout=POLL, yield_on_timeout=True):
                self._look()
                if changed := {Path(path) for _, path in changes}:
                    self._take(context for context in self._contexts() if any(map(context.near, changed)))
        finally:
            if self._rollout:
                self._rollout.end()

    def _contexts(self) -> list[Context]:
        """As the state has them now: every run leaves it with what was built."""
        return contexts(resources(self._session.state), self._session.project.directory)

    def _listen(self) -> None:
        found = workloads(resources(self._session.state))
        styles = dict(zip((workload.name for workload in found), cycle(COLORS), strict=False))
        width = max(map(len, styles), default=0)

        def say(name: str, line: str) -> None:
            self._console.print(Text.assemble((f"{name:>{width}} | ", styles[name]), line))

        connection = Connection.of({"kubeconfig": str(self._session.home.root / "kubeconfig")})
        Logs(connection, say).follow(found)

    def _take(self, touched: Iterable[Context]) -> None:
        """Begin with what has changed; what was under way begins anew along with it."""
        changed = {each: each.digest for each in touched}
        changed = {each: digest for each, digest in changed.items() if digest != self._taken.get(each.urn, each.built)}
        if not changed:
            return
        if not self._pending:
            self._saved = time.monotonic()
        self._taken.update({context.urn: digest for context, digest in changed.items()})
        self._pending.update(context.urn for context in changed)
        if self._rollout:
            self._rollout.end()
        self._say(f"Changed: {', '.join(context.name for context in changed)}")
        self._rollout = Rollout(self._processes, self._session, self._pending)

    def _look(self) -> None:
        """Tell of a run that has ended. What failed is tried again together with the next change."""
        if self._rollout is None or self._rollout.running:
            return
        if self._rollout.ok:
            self._pending.clear()
            self._say(f"In place {time.monotonic() - self._saved:.1f} s after it was saved.")
        else:
            self._say("Not in place: it is tried again with the next change.")
        self._rollout = None

    def _say(self, text: str) -> None:
        self._console.print(Text(text, "bold"))
