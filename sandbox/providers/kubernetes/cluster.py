"""Creating, updating, reading and deleting one object, with the waits that belong to each."""

import threading
import time
from collections.abc import Callable, Sequence

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.configuration import Settings
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, NotReadyError, UnreachableError
from sandbox.providers.kubernetes.kinds import Object, annotation, described
from sandbox.providers.kubernetes.objects import applied
from sandbox.providers.kubernetes.ownership import gives_way, managers, taken_over, without_ignored
from sandbox.providers.kubernetes.waiting import SECONDS, Waiter, time_limit

PAUSES = (0.5, 1, 2, 4, 8)
"""Seconds between attempts at a creation whose namespace or kind is not there yet."""

DELETES_WITHOUT_WAIT = frozenset(
    {"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"}
)
"""Kinds whose deletion `pulumi.com/skipAwait` does not wait for either, as in the published provider."""

Tell = Callable[[str], None]
"""Takes a sentence to show beside the resource."""

REMEDIES = {
    "Conflict": ". Those fields belong to others. Remove them from the program, or take them over with the "
    'annotation pulumi.com/patchForce: "true".',
    "Unauthorized": ". The credential in the kubeconfig is not valid. Renew it, and run the command again.",
}
"""What to do about a refusal, by Kubernetes' word for it."""


class Cluster:
    """Blocking operations on one cluster; objects are plain JSON and carry apiVersion and kind.

    `seconds` is the resource option customTimeouts, 0 without one. An API server that fails for a while is asked
    again within the resource's time; then UnreachableError, or what it said last, is raised.
    """

    def __init__(self, client: Client, settings: Settings, cancelled: threading.Event) -> None:
        self._client = client
        self._settings = settings
        self._cancelled = cancelled

    def create(self, thing: Object, manager: str, seconds: float, tell: Tell) -> Object:
        """The ready object. One that exists is taken over only if `manager` applied it before.

        Raises SandboxError when nothing was created, NotReadyError when it was and is not ready.
        """
        client = self._within(thing, seconds, tell)
        return self._ready(client, self._created(client, thing, manager, tell), seconds, tell)

    def require_gone(self, thing: Object, manager: str, seconds: float, tell: Tell) -> None:
        """Raise SandboxError when what `manager` applied is there, and not about to go."""
        try:
            live = self._within(thing, seconds, tell).get(thing)
        except NoSuchKindError:
            return
        except SandboxError as error:
            raise self._refused(thing, error) from None
        if live is not None and manager in managers(live) and "deletionTimestamp" not in live["metadata"]:
            raise SandboxError(
                f"{described(thing)} already exists: it is the one that is to be replaced, and nothing was created. "
                "Set the resource option delete_before_replace, or give the object another name."
            )

    def update(
        self, thing: Object, manager: str, seconds: float, tell: Tell, *, before: str = "", ignored: Sequence[str] = ()
    ) -> Object:
        """The ready object; raises as `create`.

        `before` is the field manager that applied it last, `ignored` the resource option ignoreChanges.
        """
        client = self._within(thing, seconds, tell)
        try:
            if (live := client.get(thing)) is not None:
                if (managed := taken_over(live, manager)) is not None:
                    client.hand_over(live, managed)
                thing = without_ignored(thing, live, manager, ignored)
            live = self._apply(client, thing, manager, tell)
            if before not in ("", manager):
                client.relinquish(thing, before)
        except SandboxError as error:
            raise self._refused(thing, error) from None
        return self._ready(client, live, seconds, tell)

    def patch(self, thing: Object, manager: str, seconds: float, tell: Tell, *, before: str = "") -> Object:
        """The ready object, of which `manager` holds the fields given; raises as `create`."""
        client = self._within(thing, seconds, tell)
        try:
            live = self._apply(client, thing, manager, tell)
            if before not in ("", manager):
                client.relinquish(thing, before)
        except SandboxError as error:
            raise self._refused(thing, error) from None
        return self._ready(client, live, seconds, tell)

    def release(self, thing: Object, manager: str, seconds: float, tell: Tell) -> None:
        """Give up what `manager` patched; the object stays."""
        client = self._within(thing, seconds, tell)
        try:
            if client.get(thing) is not None:
                client.relinquish(thing, manager)
        except NoSuchKindError:
            return
        except SandboxError as error:
            fields = list(error.required_fields) if isinstance(error, ApiError) else []
            if fields:
                raise SandboxError(
                    f"The patch of {described(thing)} holds {', '.join(fields)}, which the object needs and nobody "
                    "else sets, so it was not given up. Set the resource option retain_on_delete, or apply the field "
                    "with its owner first."
                ) from None
            raise self._refused(thing, error) from None

    def delete(self, thing: Object, seconds: float, tell: Tell) -> None:
        """Return once it is gone; raises SandboxError when a finalizer holds it too long."""
        client = self._within(thing, seconds, tell)
        wanted = (annotation(thing, "deletionPropagationPolicy") or "").lower()
        policy = wanted.capitalize() if wanted in ("orphan", "background") else "Foreground"
        try:
            uid = client.delete(thing, policy)
        except SandboxError as error:
            raise self._refused(thing, error) from None
        unawaited = annotation(thing, "skipAwait") == "true" and thing["kind"] in DELETES_WITHOUT_WAIT
        if uid is not None and not unawaited:
            self._waiter(client, _silent).until_gone(thing, uid, seconds)

    def read(self, thing: Object) -> tuple[Object, list[str]] | None:
        """The live object and why it is not ready, if so; None when there is none."""
        client = self._within(thing, 0, _silent)
        try:
            live = client.get(thing)
        except NoSuchKindError:
            return None
        except SandboxError as error:
            raise self._refused(thing, error) from None
        return None if live is None else (live, self._waiter(client, _silent).judge(live))

    def forces(self, thing: Object) -> bool:
        """Whether fields that others hold are taken from them."""
        return self._settings.patch_force or annotation(thing, "patchForce") == "true"

    @property
    def client(self) -> Client:
        return self._client

    def _within(self, thing: Object, seconds: float, tell: Tell) -> Client:
        return self._client.within(time_limit(thing, seconds, SECONDS), tell)

    def _created(self, client: Client, thing: Object, manager: str, tell: Tell) -> Object:
        pauses = iter(PAUSES)
        while True:
            try:
                self._refuse_foreign(client, thing, manager)
                return self._apply(client, thing, manager, tell)
            except (NoSuchKindError, ApiError, UnreachableError) as error:
                absent = isinstance(error, NoSuchKindError) or (isinstance(error, ApiError) and error.status == 404)
                pause = next(pauses, None) if absent and not self._cancelled.is_set() else None
                if pause is None:
                    raise self._refused(thing, error) from None
                time.sleep(pause)

    def _apply(self, client: Client, thing: Object, manager: str, tell: Tell) -> Object:
        sent, force = applied(thing), self.forces(thing)
        try:
            return client.apply(sent, manager, force=force, hear=tell)
        except ApiError as error:
            if not gives_way(error):
                raise
        return client.apply(sent, manager, force=True, hear=tell)

    def _ready(self, client: Client, live: Object, seconds: float, tell: Tell) -> Object:
        try:
            return self._waiter(client, tell).until_ready(live, seconds)
        except SandboxError as error:
            # The object exists: losing sight of it must not make the engine forget it.
            raise NotReadyError(live, [f"{described(live)} was applied, but: {error}"]) from None

    def _waiter(self, client: Client, tell: Tell) -> Waiter:
        return Waiter(client, tell, self._cancelled)

    def _refuse_foreign(self, client: Client, thing: Object, manager: str) -> None:
        live = client.get(thing)
        if live is None or self._settings.upsert:
            return
        if live["metadata"].get("deletionTimestamp"):
            holders = ", ".join(live["metadata"].get("finalizers") or ["its own clean-up"])
            raise SandboxError(
                f"{described(live)} is still being deleted (held by {holders}). Nothing was created. "
                "Wait until it is gone, then run the command again."
            )
        if manager not in managers(live):
            owners = ", ".join(sorted(managers(live))) or "someone unknown"
            raise SandboxError(
                f"{described(live)} already exists and belongs to {owners}. It was left as it is. "
                "Delete it, give this resource another name, or import it with `pulumi import`; "
                "`upsertExistingObjects` on the provider takes such objects over."
            )

    def _refused(self, thing: Object, error: SandboxError) -> SandboxError:
        if isinstance(error, NoSuchKindError):
            return error
        if isinstance(error, UnreachableError):
            return type(error)(f"{described(thing)}: {error}")
        if not isinstance(error, ApiError):
            return error
        text = f"{described(thing)} was refused by the API server {self._client.server}: {error}"
        return SandboxError(text + REMEDIES.get(error.reason, ""))


def _silent(_text: str) -> None:
    """For waits whose troubles are told only at their end."""
