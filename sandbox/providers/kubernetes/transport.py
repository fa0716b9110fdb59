"""HTTP to one API server: a request is repeated, with growing pauses, for as long as it may take."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TypeVar
from urllib.parse import urlencode

import urllib3
from kubernetes.client import ApiClient
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError, SSLError

from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.credential import configured
from sandbox.providers.kubernetes.errors import ApiError, LostAnswerError, UnreachableError

T = TypeVar("T")

CONNECT = 5.0
"""Seconds to connect."""

READ = 60.0
"""Seconds without a byte after which a request hangs; the API server's own limit for most requests."""

LEAST = 3.0
"""Seconds that every attempt gets, however little time is left."""

PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts; the last is repeated."""

ABSENT = 15.0
"""Seconds to wait for a server that has never answered: it may be starting."""

OUTAGE = 120.0
"""Seconds to wait for one that has: it may be restarting, or overloaded."""

UNSENT = (ConnectTimeoutError, NameResolutionError, NewConnectionError, SSLError)
"""How a request fails that never reached the server."""

# Each retry would be printed in the middle of the engine's output, and so would each request to a server
# whose certificate the kubeconfig says not to verify.
logging.getLogger("urllib3").setLevel(logging.ERROR)
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


@dataclass(frozen=True)
class Patience:
    """How long requests may be repeated, by the monotonic clock; `warn` is told of an outage that makes it so."""

    deadline: float
    warn: Callable[[str], None]

    @classmethod
    def of(cls, seconds: float, warn: Callable[[str], None]) -> "Patience":
        return cls(time.monotonic() + seconds, warn)


@dataclass(frozen=True)
class Request:
    """One request; every one of ours may be repeated."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object = None
    content: str = "application/json"


class Transport:
    """Connections to one API server, shared by all threads. Everything raises ApiError and UnreachableError."""

    def __init__(self, connection: Connection) -> None:
        settings, context = configured(connection)
        settings.retries = False
        # One connection for each watch of a large stack.
        settings.connection_pool_maxsize = 64
        self.server: str = settings.host
        self._api = ApiClient(settings)
        # The client's own settings would have certificates in files, read at every connection.
        self._api.rest_client.pool_manager.connection_pool_kw["ssl_context"] = context
        self._answered = self._failing = False

    def send(self, request: Request, patience: Patience) -> tuple[bytes, list[str]]:
        """The answer's body, and the warnings that the server sent with it."""

        def attempt(seconds: float) -> tuple[bytes, list[str]]:
            response = self._open(request, seconds)
            try:
                return response.read(), response.headers.getlist("Warning")
            finally:
                response.release_conn()

        return self._persist(attempt, patience)

    def stream(self, request: Request, seconds: float, patience: Patience) -> Iterator[bytes]:
        """Pieces of an answer that comes bit by bit; raises HTTPError when it breaks off or pauses for `seconds`."""
        response = self._persist(lambda _left: self._open(request, seconds), patience)
        try:
            yield from response.stream()
        finally:
            response.close()

    def _persist(self, attempt: Callable[[float], T], patience: Patience) -> T:
        start = time.monotonic()
        sent = False
        pauses = chain(PAUSES, repeat(PAUSES[-1]))
        while True:
            pause = next(pauses)
            limit = min(patience.deadline, start + (OUTAGE if self._answered else ABSENT))
            try:
                result = attempt(min(READ, max(LEAST, limit - time.monotonic())))
            except HTTPError as broken:
                sent = sent or not isinstance(getattr(broken, "reason", broken), UNSENT)
                error = self._unreachable(broken, sent)
            except ApiError as refused:
                self._answered = True
                if not refused.transient:
                    raise
                error, pause = refused, max(pause, refused.retry_after)
            else:
                self._answered, self._failing = True, False
                return result
            if time.monotonic() + pause > limit:
                raise error
            # Once an outage is enough: it meets every resource in flight.
            if self._answered and not self._failing:
                self._failing = True
                patience.warn(f"This is tried again for a while: {error}")
            time.sleep(pause)

    def _open(self, request: Request, read: float) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": request.content, "Accept": "application/json"}
        address = f"{request.path}?{urlencode(request.query)}" if request.query else request.path
        authenticated = {"header_params": headers, "auth_settings": ["BearerToken"]}
        _, url, headers, *_ = self._api.param_serialize(request.method, address, **authenticated)
        response = self._api.rest_client.pool_manager.request(
            request.method,
            url,
            headers=headers,
            body=None if request.body is None else json.dumps(request.body),
            timeout=urllib3.Timeout(connect=min(CONNECT, read), read=read),
            retries=False,
            preload_content=False,
        )
        if response.status < 400:
            return response
        try:
            raise ApiError(response.status, response.read(), response.headers.get("Retry-After", ""))
        finally:
            response.release_conn()

    def _unreachable(self, error: HTTPError, sent: bool) -> UnreachableError:
        cause = getattr(error, "reason", None) or error
        described = f"({type(cause).__name__}: {cause})"
        if sent:
            return LostAnswerError(
                f"The Kubernetes API server {self.server} does not answer {described}. What was asked may have been "
                "done. See that the server runs; then run the command again, which finds out."
            )
        return UnreachableError(
            f"The Kubernetes API server {self.server} cannot be reached {described}. "
            "Start the cluster, or correct the server in the kubeconfig; then run the command again."
        )


def answered_warning(header: str) -> str:
    """The text of a Warning header: `299 - "text"`."""
    _, quote, text = header.partition('"')
    return text.removesuffix('"').replace('\\"', '"') if quote else header
