"""Visitors: requests at a constant rate for as long as something else happens."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import urllib3

PATIENCE = 10.0
"""Seconds until a request counts as failed."""


class Traffic:
    """Asks `path` of a host at an address over HTTPS while the `with` block runs, and keeps what went wrong.

    `reconnect` takes a new connection for every request, as new visitors do.
    """

    def __init__(
        self,
        host: str,
        address: str,
        authority: str | Path,
        *,
        rate: float,
        path: str = "/",
        threads: int = 1,
        reconnect: bool = False,
    ) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self._host, self._path = host, path
        self._headers = {"Host": host, **({"Connection": "close"} if reconnect else {})}
        self._pause = threads / rate
        self._over = threading.Event()
        self._pool = urllib3.HTTPSConnectionPool(
            address,
            maxsize=threads,
            ca_certs=str(authority),
            server_hostname=host,
            assert_hostname=host,
            timeout=PATIENCE,
            retries=False,
        )
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._pool.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            self._ask()
            # What a slow answer delayed is not made up for: the load stays bounded.
            due = max(due + self._pause, time.monotonic())
            self._over.wait(due - time.monotonic())

    def _ask(self) -> None:
        moment = time.strftime("%H:%M:%S")
        try:
            status = self._pool.request("GET", self._path, headers=self._headers).status
        except urllib3.exceptions.HTTPError as error:
            self.failures.append(f"{moment} {error}")
            return
        self.answered += 1
        if status != 200:
            self.failures.append(f"{moment} {status}")
