"""Work that must be done in an order, as much of it at once as the order allows."""

import queue
import threading
from collections.abc import Callable, Hashable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)


class Threads(ThreadPoolExecutor):
    """A thread for every call, none of which outlives the process: nothing waits for a free worker, or at exit.

    asyncio insists on a ThreadPoolExecutor.
    """

    def __init__(self) -> None:
        super().__init__()
        self._live: set[threading.Thread] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)
            finally:
                self._live.discard(threading.current_thread())

        thread = threading.Thread(target=run, daemon=True)
        self._live.add(thread)
        thread.start()
        return future

    def drain(self) -> None:
        """Return once every call has."""
        while self._live:
            for thread in list(self._live):
                thread.join()


def in_order(before: Mapping[K, AbstractSet[K]], work: Callable[[K], bool]) -> bool:
    """Do `work` on every key, each after all that are `before` it.

    Where it returns False, what has to come after is left alone. Returns whether all was done.
    """
    waiting = {key: set(others) & before.keys() for key, others in before.items()}
    after: dict[K, list[K]] = {key: [] for key in before}
    for key, others in waiting.items():
        for other in others:
            after[other].append(key)
    finished: queue.SimpleQueue[tuple[K, bool]] = queue.SimpleQueue()
    threads = Threads()

    def start(key: K) -> None:
        threads.submit(work, key).add_done_callback(
            lambda future: finished.put((key, future.exception() is None and future.result()))
        )

    running = 0
    done = 0
    ready = [key for key, others in waiting.items() if not others]
    while ready or running:
        for key in ready:
            start(key)
        running += len(ready)
        key, succeeded = finished.get()
        running -= 1
        done += succeeded
        ready = []
        for following in after[key] if succeeded else ():
            waiting[following].discard(key)
            if not waiting[following]:
                ready.append(following)
    return done == len(before)
