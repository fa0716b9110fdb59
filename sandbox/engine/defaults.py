"""Default providers: made for resources that name none, one for each package and plugin version.

(pulumi/pulumi: pkg/resource/deploy/default_providers.go)
"""

import re
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from sandbox.engine import urn as urns
from sandbox.engine.goal import Goal, provider_inputs
from sandbox.engine.program import Program
from sandbox.errors import SandboxError


class LeftAlone(Exception):  # noqa: N818 - a state, not a mistake
    """What a resource needs failed, or the operation was interrupted, so nothing was done about it."""


class DefaultProviders:
    """Registers default providers on first use. Thread-safe."""

    def __init__(self, program: Program, register: Callable[[Goal], str]) -> None:
        """`register` makes a provider resource and returns its reference; empty when that failed."""
        self._program = program
        self._register = register
        self._made: dict[tuple[str, str, str], Future[str]] = {}
        self._lock = Lock()

    def reference(self, package: str, explicit: str, version: str, download_url: str) -> str:
        """The reference of the provider to use: the explicit one, else the default.

        Raises SandboxError when there may be none, LeftAlone when it failed.
        """
        if explicit:
            return explicit
        if package != urns.PULUMI and not self._program.disabled_default_providers.isdisjoint({package, "*"}):
            raise SandboxError(
                f"Default provider for {package!r} disabled: pulumi:disable-default-providers names it. "
                "The resource must use an explicit provider: pass `provider` or `providers`."
            )
        key = package, version, download_url
        with self._lock:
            made = self._made.get(key)
            mine = made is None
            if made is None:
                made = self._made[key] = Future()
        if mine:
            made.set_result(self._register(self._goal(*key)))
        if not (reference := made.result()):
            raise LeftAlone(f"The default provider for {package!r} failed.")
        return reference

    def _goal(self, package: str, version: str, download_url: str) -> Goal:
        parts = [part for part in (version, download_url) if part]
        name = "_".join(["default", *(re.sub(r"[^A-Za-z0-9]+", "_", part) for part in parts)])
        inputs = provider_inputs(self._program.package_config(package), version, download_url)
        return Goal(type=urns.PROVIDERS + package, name=name, custom=True, inputs=inputs)
