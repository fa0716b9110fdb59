"""Waiting until an object is ready, or gone, by watching it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.diagnosis import diagnose, unselected
from sandbox.providers.kubernetes.errors import NoSuchKindError, NotReadyError
from sandbox.providers.kubernetes.expectation import expectation
from sandbox.providers.kubernetes.kinds import Object, annotation, described
from sandbox.providers.kubernetes.readiness import READY, Verdict, awaits_endpoints, endpoints, readiness

WINDOW = 5.0
"""Seconds of watching between two looks at what may be wrong."""

SETTLED = 10.0
"""Seconds without an endpoint after which a Service has none, as in the published provider."""

DELETED = Verdict(failed=True, reason="it was deleted while it was waited for")

SECONDS = 600.0
"""Seconds for what has no time of its own."""


Watch = Callable[[float], Iterator[tuple[Object, Verdict]]]
"""Yields the live object and the verdict on it at each change, for about the given seconds."""


def time_limit(thing: Object, requested: float, default: float) -> float:
    """Seconds: the resource option customTimeouts, else `pulumi.com/timeoutSeconds`, else the kind's own."""
    given = annotation(thing, "timeoutSeconds") or ""
    return requested or (float(given) if given.isdigit() else default)


class Waiter:
    """Waits for one resource; `warn` is told each new trouble, `cancelled` ends every wait."""

    def __init__(self, client: Client, warn: Callable[[str], None], cancelled: threading.Event) -> None:
        self._client = client
        self._warn = warn
        self._cancelled = cancelled

    def until_ready(self, live: Object, requested: float) -> Object:
        """The ready object; raises NotReadyError when the time is up or the object has failed for good."""
        known, custom = readiness(live), expectation(live)
        rule = custom or (known.rule if known else None)
        if rule is None or annotation(live, "skipAwait") == "true" or self._bound_by_consumer(live):
            return live
        deadline = time.monotonic() + time_limit(live, requested, known.seconds if known else SECONDS)
        before = rule(live)
        if custom is None and before.ready:
            return self._with_endpoints(live, deadline)

        def watch(window: float) -> Iterator[tuple[Object, Verdict]]:
            for found in self._follow(live, window):
                yield (found[0], _since(before, rule(found[0]))) if found else (live, DELETED)

        ready = self._wait(live, watch, deadline)
        return ready if custom else self._with_endpoints(ready, deadline)

    def until_gone(self, thing: Object, uid: str, requested: float) -> None:
        """Return once the object of that uid is gone; raises SandboxError naming what holds it too long."""
        seconds = time_limit(thing, requested, SECONDS)

        def watch(window: float) -> Iterator[tuple[Object, Verdict]]:
            for found in self._follow(thing, window):
                same = [item for item in found if item["metadata"]["uid"] == uid]
                yield (same[0], Verdict(reason=_holders(same[0]))) if same else (thing, READY)

        try:
            self._wait(thing, watch, time.monotonic() + seconds)
        except NoSuchKindError:
            return
        except NotReadyError as stuck:
            raise SandboxError(
                f"{described(thing)} was to be deleted and is still there after {seconds:.0f} s, held by "
                f"{_holders(stuck.live)}. It stays in the state. See that what must remove the finalizers "
                "runs, then run the command again." + "".join(f"\n{reason}" for reason in stuck.reasons[1:])
            ) from None

    def judge(self, live: Object) -> list[str]:
        """Why the object is not ready at this moment; empty when it is."""
        known = readiness(live)
        if known is None or annotation(live, "skipAwait") == "true" or self._bound_by_consumer(live):
            return []
        verdict = known.rule(live)
        return [] if verdict.ready else [f"{described(live)}: {verdict.reason}", *self._diagnosis(live)]

    def _wait(self, live: Object, watch: Watch, deadline: float) -> Object:
        """The first live form with a good verdict; `watch` is called anew for each window of seconds."""
        start = time.monotonic()
        verdict = Verdict(reason="nothing was seen of it")
        warned: set[str] = set()
        while True:
            window = max(0.5, min(WINDOW, deadline - time.monotonic()))
            for live, verdict in watch(window):
                if verdict.ready:
                    return live
                if verdict.failed:
                    break
            over = verdict.failed or time.monotonic() >= deadline or self._cancelled.is_set()
            troubles = self._diagnosis(live, whole=over)
            if over:
                waited = f"{described(live)} is not ready after {time.monotonic() - start:.0f} s"
                raise NotReadyError(live, [f"{waited}: {verdict.reason}", *troubles])
            for trouble in troubles:
                sentence = trouble.partition("\n")[0]
                if sentence not in warned:
                    warned.add(sentence)
                    self._warn(trouble)

    def _with_endpoints(self, live: Object, deadline: float) -> Object:
        """The object; a Service once none of its pods is still getting ready."""
        if awaits_endpoints(live):
            self._wait(live, lambda window: self._endpoints(live, window), deadline)
        return live

    def _follow(self, thing: Object, window: float) -> Iterator[list[Object]]:
        metadata = thing["metadata"]
        selector = f"metadata.name={metadata['name']}"
        place = (thing["apiVersion"], thing["kind"], metadata.get("namespace"))
        return self._client.follow(*place, window, fieldSelector=selector)

    def _endpoints(self, service: Object, window: float) -> Iterator[tuple[Object, Verdict]]:
        metadata = service["metadata"]
        selector = f"kubernetes.io/service-name={metadata['name']}"
        place = ("discovery.k8s.io/v1", "EndpointSlice", metadata["namespace"])
        ready = pending = 0
        start = time.monotonic()
        for slices in self._client.follow(*place, max(window, SETTLED), labelSelector=selector):
            ready, pending = endpoints(slices)
            total = ready + pending
            good = ready > 0 and pending == 0
            yield service, READY if good else Verdict(reason=f"{ready} of its {total} pods are ready")
        # A window that a broken connection cut short has settled nothing.
        if not ready and not pending and time.monotonic() - start >= SETTLED:
            pods = self._client.select("v1", "Pod", metadata["namespace"])
            self._warn(unselected(service["spec"]["selector"], pods))
            yield service, READY

    def _bound_by_consumer(self, live: Object) -> bool:
        """Whether a volume claim stays Pending until a pod uses it, by its class' volumeBindingMode."""
        if live["kind"] != "PersistentVolumeClaim" or not (name := live["spec"].get("storageClassName")):
            return False
        found = self._client.get(
            {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
        )
        return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _diagnosis(self, live: Object, *, whole: bool = True) -> list[str]:
        try:
            return diagnose(self._client, live, whole=whole)
        except SandboxError:
            # What is wrong with the object matters more than why no more can be said about it.
            return []


def _holders(live: Object) -> str:
    finalizers = live["metadata"].get("finalizers") or live.get("spec", {}).get("finalizers")
    return f"its finalizers {', '.join(finalizers)}" if finalizers else "no finalizer: it is ending slowly"


def _since(before: Verdict, now: Verdict) -> Verdict:
    """A failure that was there before the change was seen says nothing of the change."""
    return replace(now, failed=now.failed and now != before)
