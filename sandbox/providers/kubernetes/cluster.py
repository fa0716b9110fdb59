"""Creating, updating, reading and deleting one object, with the waits that belong to each."""

import threading
import time
from collections.abc import Callable

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.configuration import Settings
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, NotReadyError
from sandbox.providers.kubernetes.kinds import Object, annotation, described
from sandbox.providers.kubernetes.objects import applied
from sandbox.providers.kubernetes.waiting import Waiter

PAUSES = (0.5, 1, 2, 4, 8)
"""Seconds between attempts at a creation whose namespace or kind is not there yet."""

DELETES_WITHOUT_WAIT = frozenset(
    {"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"}
)
"""Kinds whose deletion `pulumi.com/skipAwait` does not wait for either, as in the published provider."""


REMEDIES = {
    "Conflict": ". Those fields belong to others. Remove them from the program, or take them over with the "
    'annotation pulumi.com/patchForce: "true".',
    "Unauthorized": ". The credential in the kubeconfig is not valid. Renew it, and run the command again.",
}
"""What to do about a refusal, by Kubernetes' word for it."""


class Cluster:
    """Blocking operations on one cluster; objects are plain JSON and carry apiVersion and kind."""

    def __init__(self, client: Client, settings: Settings, cancelled: threading.Event) -> None:
        self._client = client
        self._settings = settings
        self._cancelled = cancelled

    def create(self, thing: Object, manager: str, seconds: float, warn: Callable[[str], None]) -> Object:
        """The ready object. One that exists is taken over only if `manager` applied it before.

        Raises SandboxError when nothing was created, NotReadyError when it was and is not ready.
        """
        return self._ready(self._created(thing, manager), seconds, warn)

    def update(self, thing: Object, manager: str, seconds: float, warn: Callable[[str], None]) -> Object:
        """The ready object; raises as `create`."""
        try:
            live = self._apply(thing, manager)
        except (NoSuchKindError, ApiError) as error:
            raise self._refused(thing, error) from None
        return self._ready(live, seconds, warn)

    def delete(self, thing: Object, seconds: float) -> None:
        """Return once it is gone; raises SandboxError when a finalizer holds it too long."""
        policy = (annotation(thing, "deletionPropagationPolicy") or "foreground").capitalize()
        try:
            uid = self._client.delete(thing, policy)
        except ApiError as error:
            raise self._refused(thing, error) from None
        unawaited = annotation(thing, "skipAwait") == "true" and thing["kind"] in DELETES_WITHOUT_WAIT
        if uid is not None and not unawaited:
            self._waiter(_silent).until_gone(thing, uid, seconds)

    def read(self, thing: Object) -> tuple[Object, list[str]] | None:
        """The live object and why it is not ready, if so; None when there is none."""
        try:
            live = self._client.get(thing)
        except NoSuchKindError:
            return None
        except ApiError as error:
            raise self._refused(thing, error) from None
        return None if live is None else (live, self._waiter(_silent).judge(live))

    def _created(self, thing: Object, manager: str) -> Object:
        pauses = iter(PAUSES)
        while True:
            try:
                self._refuse_foreign(thing, manager)
                return self._apply(thing, manager)
            except (NoSuchKindError, ApiError) as error:
                absent = isinstance(error, NoSuchKindError) or error.status == 404
                pause = next(pauses, None) if absent and not self._cancelled.is_set() else None
                if pause is None:
                    raise self._refused(thing, error) from None
                time.sleep(pause)

    def _apply(self, thing: Object, manager: str) -> Object:
        force = self._settings.patch_force or annotation(thing, "patchForce") == "true"
        return self._client.apply(applied(thing), manager, force=force)

    def _ready(self, live: Object, seconds: float, warn: Callable[[str], None]) -> Object:
        try:
            return self._waiter(warn).until_ready(live, seconds)
        except SandboxError as error:
            # The object exists: losing sight of it must not make the engine forget it.
            raise NotReadyError(live, [f"{described(live)} was applied, but: {error}"]) from None

    def _waiter(self, warn: Callable[[str], None]) -> Waiter:
        return Waiter(self._client, warn, self._cancelled)

    def _refuse_foreign(self, thing: Object, manager: str) -> None:
        live = self._client.get(thing)
        if live is None or self._settings.upsert:
            return
        managers = {entry["manager"] for entry in live["metadata"].get("managedFields") or ()}
        if live["metadata"].get("deletionTimestamp"):
            holders = ", ".join(live["metadata"].get("finalizers") or ["its own clean-up"])
            raise SandboxError(
                f"{described(live)} is still being deleted (held by {holders}). Nothing was created. "
                "Wait until it is gone, then run the command again."
            )
        if manager not in managers:
            owners = ", ".join(sorted(managers)) or "someone unknown"
            raise SandboxError(
                f"{described(live)} already exists and belongs to {owners}. It was left as it is. "
                "Delete it, give this resource another name, or import it with `pulumi import`; "
                "`upsertExistingObjects` on the provider takes such objects over."
            )

    def _refused(self, thing: Object, error: SandboxError) -> SandboxError:
        if isinstance(error, NoSuchKindError):
            return error
        text = f"{described(thing)} was refused by the API server {self._client.server}: {error}"
        remedy = REMEDIES.get(error.reason, "") if isinstance(error, ApiError) else ""
        return SandboxError(text + remedy)


def _silent(_text: str) -> None:
    """For waits whose troubles are told only at their end."""
