"""An object's life with the edge: a finalizer before anything else, then an address, at last neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.edge.address import status
from sandbox.edge.objects import Event, Key, Kind, Object, key


class Writes(Protocol):
    """What is needed of `Api`."""

    def patch(self, kind: Kind, where: Key, body: Mapping[str, Any], subresource: str = "") -> None: ...
    def record(self, kind: Kind, about: Object, event: Event) -> None: ...


@dataclass(frozen=True)
class Lifecycle:
    """Of one kind, under one finalizer."""

    api: Writes
    kind: Kind
    finalizer: str

    def adopted(self, thing: Object) -> bool:
        """Whether it has the finalizer: nothing is served that could be deleted unseen."""
        return self.finalizer in thing["metadata"].get("finalizers", [])

    def adopt(self, thing: Object) -> None:
        """Put the finalizer on it."""
        self._finalizers(thing, [*thing["metadata"].get("finalizers", []), self.finalizer])

    def tell(self, thing: Object, address: str) -> bool:
        """Write the address where clients look for it; False when it is there already."""
        return tell_address(self.api, self.kind, thing, address)

    def release(self, thing: Object) -> bool:
        """Let go of an object in two steps, address and finalizer; True with the second."""
        if any(status(thing)) and "deletionTimestamp" not in thing["metadata"]:
            self.api.patch(self.kind, key(thing), {"status": {"loadBalancer": {"ingress": None}}}, "status")
            return False
        self._finalizers(thing, [name for name in thing["metadata"]["finalizers"] if name != self.finalizer])
        return True

    def _finalizers(self, thing: Object, names: list[str]) -> None:
        """It fails when another writer was faster: a merge patch replaces the whole list."""
        metadata = {"finalizers": names, "resourceVersion": thing["metadata"]["resourceVersion"]}
        self.api.patch(self.kind, key(thing), {"metadata": metadata})


def tell_address(api: Writes, kind: Kind, thing: Object, address: str) -> bool:
    """Write the one address into an object's status; False when it is there already."""
    if list(status(thing)) == [address]:
        return False
    api.patch(kind, key(thing), {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}}, "status")
    return True
