"""Events about what happens to an object, each told once."""

import logging
from collections.abc import Callable

from sandbox.edge.objects import Cluster, Event, Key, Kind, Object

Record = Callable[[Kind, Object, Event], None]

Warnings = dict[tuple[Kind, Key], Event]
"""What is wrong now, by object."""

log = logging.getLogger(__name__)


class Events:
    """Remembers what it told, because the controller looks again and again at the same facts."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._told: dict[tuple[str, str], Event] = {}
        self._warned: Warnings = {}

    def tell(self, kind: Kind, about: Object, event: Event) -> None:
        """Record that something happened, unless it is what was last told for that reason."""
        identity = about["metadata"]["uid"], event.reason
        if self._told.get(identity) != event:
            self._record(kind, about, event)
            self._told[identity] = event

    def warn(self, current: Warnings, cluster: Cluster) -> None:
        """Record all that is wrong now: once while it lasts, and again when it comes back."""
        self._warned = {about: event for about, event in self._warned.items() if current.get(about) == event}
        for (kind, where), event in current.items():
            if (kind, where) not in self._warned:
                if event.cause:
                    log.error("%s %s cannot be served", kind.value[1], "/".join(where), exc_info=event.cause)
                self._record(kind, cluster[kind][where], event)
                self._warned[kind, where] = event
