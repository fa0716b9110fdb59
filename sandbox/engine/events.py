"""What an operation tells while it runs, and what it comes to."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sandbox.engine import urn as urns
from sandbox.engine.diff import PropertyDiff
from sandbox.engine.property import Value

Op = Literal["same", "create", "update", "replace", "delete", "read", "refresh", "import"]
"""`refresh`: the state was brought up to date with what exists. `import`: what exists was taken into the state."""

Severity = Literal["info", "warning", "error"]

Name = Literal["preview", "up", "destroy", "refresh"]
"""What the engine can do to a stack."""


@dataclass(frozen=True)
class Step:
    """What was, or in a preview would be, done to one resource."""

    urn: str
    op: Op
    parent: str = ""
    diffs: tuple[PropertyDiff, ...] = ()
    seconds: float = 0.0

    @property
    def type(self) -> str:
        return urns.type_of(self.urn)

    @property
    def name(self) -> str:
        return urns.name_of(self.urn)


@dataclass(frozen=True)
class Started:
    """Work on a resource begins. A replacement's `delete` is announced too."""

    urn: str
    op: Op


@dataclass(frozen=True)
class Done:
    """Work on a resource succeeded."""

    step: Step


@dataclass(frozen=True)
class Failed:
    """Work on a resource failed; a Diagnostic says why."""

    urn: str
    op: Op
    seconds: float


@dataclass(frozen=True)
class Diagnostic:
    """Something to tell a person. Without a secret in it."""

    severity: Severity
    message: str
    urn: str = ""


Event = Started | Done | Failed | Diagnostic
OnEvent = Callable[[Event], None]
"""Called from several threads, one call at a time. While the program runs, `sys.stdout` is the program's."""


@dataclass(frozen=True)
class Result:
    """The outcome of an operation. Values are redacted: secrets are the text `[secret]`."""

    operation: Name
    preview: bool
    """Nothing was changed: this is what would be."""
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    outputs: Mapping[str, Value] = field(default_factory=dict)
    old_outputs: Mapping[str, Value] = field(default_factory=dict)
    """The stack's outputs before the operation."""
    seconds: float = 0.0
    ok: bool = True
    interrupted: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """Resources by op; reads are no change and do not count."""
        return dict(Counter(step.op for step in self.steps if step.op != "read"))

    @property
    def changed(self) -> bool:
        """Whether any resource was, or would be, changed."""
        return any(step.op not in ("same", "read") for step in self.steps)
