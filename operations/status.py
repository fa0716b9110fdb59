"""Is it up, and if not, why: a deployed stack as its cluster tells."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass

from operations.cluster import Cluster, Object
from operations.deployment import kubernetes_provider, outputs
from operations.diagnosis import seen
from operations.error import OperationError
from operations.part import Part, parts
from operations.pulumi_cli import Deployment

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
    def of(cls, stack: str, deployment: Deployment) -> "Status":
        """Asks the cluster of the stack's Kubernetes provider; secrets in the state have to be shown.

        Raises OperationError when there is none, or it does not answer.
        """
        provider, known = kubernetes_provider(deployment), outputs(deployment)
        if provider is None or "namespace" not in known:
            missing = "no Kubernetes provider" if provider is None else "no output `namespace`"
            raise OperationError(f"Stack {stack} has {missing}, so there is nothing to ask. Bring it up first.")
        namespace = str(known["namespace"])
        with Cluster.of(provider) as cluster:
            found = tuple(parts(cluster, namespace)), tuple(warnings(cluster, namespace))
        return cls(namespace, str(known.get("url", "")), *found)

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


def warnings(cluster: Cluster, namespace: str) -> Iterator[str]:
    """The latest warnings, newest first, each reason of an object once."""
    events = cluster.objects("v1", "Event", namespace, fieldSelector="type=Warning")
    latest: dict[tuple[str, str, str], Object] = {}
    for event in sorted(events, key=seen, reverse=True):
        about = event["involvedObject"]
        latest.setdefault((about.get("kind", ""), about.get("name", ""), event.get("reason", "")), event)
    for (kind, name, reason), event in list(latest.items())[:WARNINGS]:
        yield f"{seen(event)} {kind} {name}: [{reason}] {event.get('message', '').strip()}"
