"""Events about what happens to an object, each told once."""

from collections.abc import Callable, Mapping

from sandbox.edge.objects import Event, Key, Kind, Object

Record = Callable[[Kind, Object, Event], None]


class Events:
    """Remembers what it told, because the controller looks again and again at the same facts."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._told: dict[tuple[str, str], Event] = {}
        self._warned: dict[Key, Event] = {}

    def tell(self, kind: Kind, about: Object, event: Event) -> None:
        """Record that something happened, unless it is what was last told for that reason."""
        identity = about["metadata"]["uid"], event.reason
        if self._told.get(identity) != event:
            self._record(kind, about, event)
            self._told[identity] = event

    def warn(self, current: Mapping[Key, Event], ingresses: Mapping[Key, Object]) -> None:
        """Record all that is wrong now, by Ingress: once while it lasts, and again when it comes back."""
        self._warned = {where: event for where, event in self._warned.items() if current.get(where) == event}
        for where, event in current.items():
            if where not in self._warned:
                self._record(Kind.INGRESS, ingresses[where], event)
                self._warned[where] = event
