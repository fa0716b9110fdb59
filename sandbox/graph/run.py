"""What a run of the CLI came to, by what it prints and by its event log."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.graph.violation import Violation

REFUSED = "preview failed"
"""The engine's last word where a policy refuses a deployment."""


@dataclass(frozen=True)
class Run:
    """`events` are the engine's (pulumi/pulumi: sdk/go/common/apitype/events.go); `said` is what the CLI wrote."""

    status: int
    output: str
    said: str
    events: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, status: int, output: str, said: str, log: Path) -> "Run":
        lines = log.read_text().splitlines() if log.exists() else []
        return cls(status, output, said, tuple(json.loads(line) for line in lines))

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of a preview that was run with `--json`. (pulumi/pulumi: PreviewStep in pkg/display/json.go)"""
        return json.loads(self.output).get("steps") or []

    @property
    def errors(self) -> tuple[str, ...]:
        """Why the program could not be evaluated; nothing where policies alone refuse it."""
        if not self.status:
            return ()
        found = tuple(message for message in self._diagnostics("error") if message != REFUSED)
        if found or self.violations:
            return found
        return tuple(line for line in self.said.splitlines() if line.strip())

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(sorted(self._diagnostics("warning")))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the policy pack has against the resources."""
        return tuple(_violation(event["policyEvent"]) for event in self.events if "policyEvent" in event)

    def _diagnostics(self, severity: str) -> Iterator[str]:
        found = (event["diagnosticEvent"] for event in self.events if "diagnosticEvent" in event)
        yield from dict.fromkeys(one["message"].strip() for one in found if one["severity"] == severity)


def _violation(event: Mapping[str, Any]) -> Violation:
    """The first line of a message is the description of the rule."""
    title, _, message = event["message"].strip().partition("\n")
    return Violation(
        policy=event["policyName"],
        level="advisory" if event["enforcementLevel"] in ("advisory", "warning") else "mandatory",
        title=title,
        message=message or title,
        urn=event.get("resourceUrn", ""),
    )
