"""A proxy in front of the API server that refuses some of the changes."""

import base64
import http.client
import json
import ssl
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

REASON = "refused by the proxy"
RESET = 0
"""Given for a status: the connection is cut without an answer."""
EVERY = 3
"""Which of the changes are refused: each third."""


class RefusingApiServer:
    """While the `with` block runs, `kubeconfig` leads to the cluster of `given` by way of a refusing proxy."""

    def __init__(self, given: dict[str, Any], status: int) -> None:
        (cluster,), (user,) = given["clusters"], given["users"]
        self.status: int | None = status
        """None: nothing is refused any more."""
        self.refused = 0
        self.token: str = user["user"]["token"]
        self.host = urlsplit(cluster["cluster"]["server"]).netloc
        authority = base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode()
        self.trusted = ssl.create_default_context(cadata=authority)
        self.changes = count(1)
        handler = type("Handler", (Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        server = {"server": f"http://127.0.0.1:{self._server.server_port}"}
        self.kubeconfig = json.dumps({**given, "clusters": [{**cluster, "cluster": server}]})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    api: RefusingApiServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = self.api.status
        if self.command != "GET" and status is not None and next(self.api.changes) % EVERY == 0:
            self.api.refused += 1
            self._refuse(status)
            return
        upstream = http.client.HTTPSConnection(self.api.host, context=self.api.trusted)
        kept = {name: value for name, value in self.headers.items() if name not in ("Host", "Accept-Encoding")}
        # A client that hangs up ends a watch.
        with suppress(OSError):
            upstream.request(self.command, self.path, body, {**kept, "Authorization": f"Bearer {self.api.token}"})
            self._answer(upstream.getresponse())
        upstream.close()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        if status == RESET:
            return
        answer = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": REASON, "code": status}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status == http.HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, response: http.client.HTTPResponse) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.headers["Content-Type"])
        self.send_header("Connection", "close")
        self.end_headers()
        while piece := response.read1(65536):
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""
