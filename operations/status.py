"""Is it up, and if not, why: a deployed stack as its cluster tells, without kubectl."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.part import Part, parts
from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.kinds import Object

PATIENCE = 30.0
"""Seconds for which an API server may be slow or away."""

WARNINGS = 5
"""The latest ones that are shown."""


@dataclass(frozen=True)
class Status:
    """A namespace of a stack: its parts, and the latest warnings of any object in it."""

    namespace: str
    url: str
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    @property
    def up(self) -> bool:
        return bool(self.parts) and all(part.up for part in self.parts)

    @classmethod
    def of(cls, stack: str, outputs: Mapping[str, Any]) -> "Status":
        """Asks the cluster that the stack's outputs lead to.

        Raises SandboxError when they lead to none, or it does not answer.
        """
        missing = [name for name in ("kubeconfig", "cluster", "namespace") if name not in outputs]
        if missing:
            raise SandboxError(
                f"Stack {stack} has no output {', '.join(missing)}, so there is no way into its cluster. "
                "Bring it up first."
            )
        namespace = str(outputs["namespace"])
        connection = Connection.of({"kubeconfig": outputs["kubeconfig"], "context": outputs["cluster"]})
        client = Client(connection).within(PATIENCE, lambda _warning: None)
        return cls(
            namespace,
            str(outputs.get("url", "")),
            tuple(parts(client, namespace)),
            tuple(warnings(client, namespace)),
        )

    def to_json(self) -> str:
        return json.dumps({"up": self.up, **dataclasses.asdict(self)}, indent=2)

    def to_text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.namespace} is {'up' if self.up else 'NOT up'}{f': {self.url}' if self.url else ''}"
        if not self.parts:
            yield f"  Nothing runs in the namespace {self.namespace}."
        kinds = max((len(part.kind) for part in self.parts), default=0)
        names = max((len(part.name) for part in self.parts), default=0)
        for part in self.parts:
            yield f"  {'ok ' if part.up else 'NOT'}  {part.kind:<{kinds}}  {part.name:<{names}}  {part.said}"
            yield from (f"         {line}" for reason in part.reasons for line in reason.splitlines())
        if self.warnings and not self.up:
            yield "Latest warnings:"
            yield from (f"  {warning}" for warning in self.warnings)


def warnings(client: Client, namespace: str) -> Iterator[str]:
    """The latest warnings, newest first, each reason of an object once."""
    events = client.select("v1", "Event", namespace, fieldSelector="type=Warning")
    latest: dict[tuple[str, str, str], Object] = {}
    for event in sorted(events, key=_seen, reverse=True):
        about = event["involvedObject"]
        latest.setdefault((about.get("kind", ""), about.get("name", ""), event.get("reason", "")), event)
    for (kind, name, reason), event in list(latest.items())[:WARNINGS]:
        yield f"{_seen(event)} {kind} {name}: [{reason}] {event.get('message', '').strip()}"


def _seen(event: Object) -> str:
    return event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
