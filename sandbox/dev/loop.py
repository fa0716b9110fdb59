"""The dev loop: watch build contexts, deploy what changes, show logs; until it is interrupted."""

import time
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.text import Text
from watchfiles import watch

from sandbox.dev.context import Context, contexts, outermost
from sandbox.dev.logs import Logs
from sandbox.dev.rollout import Rollout, Rollouts
from sandbox.dev.workload import workloads
from sandbox.errors import SandboxError
from sandbox.pulumi.stack import Stack
from sandbox.session import Session

COLORS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta", "bright_green")

POLL = 200
"""Milliseconds between two looks at a rollout under way."""

DEBOUNCE = 50
"""Milliseconds without another change after which the changes so far are deployed together."""

NOT_DEPLOYED = "Not deployed: the next change tries again."


class Loop:
    """The loop of one stack, which is up."""

    def __init__(self, session: Session, console: Console) -> None:
        self._session, self._console = session, console
        self._rollouts = Rollouts(session)
        self._rollout: Rollout | None = None
        self._pending: set[str] = set()
        """URNs of images that have changed since they were last deployed."""
        self._attempted: dict[str, str] = {}
        """Digest of the files that each image was last built from, or was to be built from."""
        self._saved = 0.0
        """When the first pending image changed, by the monotonic clock."""

    def run(self) -> None:
        """Returns never; KeyboardInterrupt ends it, and a rollout under way.

        Raises SandboxError for a stack without images.
        """
        images = self._contexts()
        if not images:
            raise SandboxError(
                f"{self._session.project.name} builds no image in stack {self._session.stack}, so there is nothing to "
                "watch. Bring it up first; images of its own are resources of the type docker:index/image:Image."
            )
        self._rollouts.prepare()
        logs = self._follow_logs()
        self._print(f"Watching {', '.join(image.name for image in images)}. Ctrl-C ends it.")
        paths = outermost(path for image in images for path in image.paths)
        try:
            self._deploy(images)
            for changes in watch(*paths, watch_filter=None, step=DEBOUNCE, rust_timeout=POLL, yield_on_timeout=True):
                self._report_result()
                if changed := {Path(path) for _, path in changes}:
                    self._deploy(image for image in self._contexts() if any(map(image.depends_on, changed)))
        finally:
            logs.close()
            if self._rollout:
                self._rollout.cancel()
            self._rollouts.close()

    def _contexts(self) -> list[Context]:
        """As the state has them now: each rollout records there what it built."""
        return contexts(Stack(self._session).resources, self._session.project.directory)

    def _follow_logs(self) -> Logs:
        followed = workloads(Stack(self._session).resources)
        styles = dict(zip((workload.name for workload in followed), cycle(COLORS), strict=False))
        width = max(map(len, styles), default=0)

        def show(name: str, line: str) -> None:
            self._console.print(Text.assemble((f"{name:>{width}} | ", styles[name]), line))

        logs = Logs(self._session.home.bin / "kubectl", show)
        logs.follow(followed)
        return logs

    def _deploy(self, candidates: Iterable[Context]) -> None:
        """Deploy the images whose files have changed, together with those whose rollout they cut short."""
        digests = {image: image.digest for image in candidates}
        changed = {
            image: digest for image, digest in digests.items() if digest != self._attempted.get(image.urn, image.built)
        }
        if not changed:
            return
        if not self._pending:
            self._saved = time.monotonic()
        self._attempted.update({image.urn: digest for image, digest in changed.items()})
        self._pending.update(image.urn for image in changed)
        self._print(f"Changed: {', '.join(image.name for image in changed)}")
        if self._rollout:
            self._rollout.cancel()
        try:
            self._rollout = self._rollouts.start(self._pending)
        except SandboxError as error:
            self._rollout = None
            self._console.print(Text(f"error: {error}", "red"))
            self._print(NOT_DEPLOYED)

    def _report_result(self) -> None:
        """Of a rollout that has ended. What failed is deployed together with the next change."""
        if self._rollout is None or self._rollout.running:
            return
        if self._rollout.succeeded:
            self._pending.clear()
            self._print(f"Deployed {time.monotonic() - self._saved:.1f} s after the change was saved.")
        else:
            self._print(NOT_DEPLOYED)
        self._rollout = None

    def _print(self, text: str) -> None:
        self._console.print(Text(text, "bold"))
