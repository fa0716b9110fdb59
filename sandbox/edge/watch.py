"""A local copy of the cluster's objects, kept up to date by watches."""

import logging
import threading
import time

from kubernetes.client import ApiException

from sandbox.edge.api import Api
from sandbox.edge.objects import Cluster, Key, Kind, Object, key

_RETRY = 1.0
"""Seconds before a lost API server, or one that does not know a kind yet, is asked again."""

log = logging.getLogger(__name__)


class Watch:
    """One thread a kind lists it, then follows its changes; after any error it lists afresh.

    Sets `changed` whenever there is something new to look at.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._objects: dict[Kind, dict[Key, Object]] = {}
        self._lock = threading.Lock()
        self.changed = threading.Event()

    def start(self) -> None:
        for kind in Kind:
            threading.Thread(target=self.follow, args=[kind], name=kind.value[2], daemon=True).start()

    @property
    def cluster(self) -> Cluster | None:
        """A copy of all objects; None until every kind was listed once."""
        with self._lock:
            if len(self._objects) < len(Kind):
                return None
            return {kind: dict(objects) for kind, objects in self._objects.items()}

    def follow(self, kind: Kind) -> None:
        complaint = ""
        while True:
            try:
                objects, version = self._api.list(kind)
                with self._lock:
                    self._objects[kind] = objects
                self.changed.set()
                complaint = ""
                while True:
                    version = self._absorb(kind, version)
            except Exception as error:
                expired = isinstance(error, ApiException) and error.status == 410
                if not expired and (text := f"{type(error).__name__}: {error}".splitlines()[0]) != complaint:
                    log.warning("Cannot watch %s, trying again: %s", kind.value[2], text)
                    complaint = text
                time.sleep(_RETRY)

    def _absorb(self, kind: Kind, version: str) -> str:
        for change, thing in self._api.watch(kind, version):
            version = thing["metadata"]["resourceVersion"]
            if change == "BOOKMARK":
                continue
            with self._lock:
                if change == "DELETED":
                    self._objects[kind].pop(key(thing), None)
                else:
                    self._objects[kind][key(thing)] = thing
            self.changed.set()
        return version
