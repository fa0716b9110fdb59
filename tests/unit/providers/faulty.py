"""A small API server that fails on demand: what a script says for each request, in turn."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.providers.kubernetes.configuration import Connection

Answer = Callable[[BaseHTTPRequestHandler], None]

CORE = {"resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True}]}


def status(code: int, message: str = "as asked", **headers: str) -> Answer:
    """A refusal in Kubernetes' words."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        send(handler, {"kind": "Status", "message": message, "reason": "Told"}, code, headers)

    return answer


def reset(handler: BaseHTTPRequestHandler) -> None:
    """The connection breaks off after the request was read."""
    handler.close_connection = True
    handler.connection.close()


def hang(handler: BaseHTTPRequestHandler) -> None:
    """No answer for longer than any test is patient."""
    time.sleep(0.6)
    reset(handler)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """An answer that ends in the middle."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"kind": ')
    reset(handler)


def send(handler: BaseHTTPRequestHandler, body: Any, code: int = 200, headers: dict[str, str] | None = None) -> None:
    text = json.dumps(body).encode()
    handler.send_response(code)
    for key, value in (headers or {}).items():
        handler.send_header(key.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)


class Faulty:
    """Serves `objects` by path; each request first takes the next of `script`, None meaning no fault."""

    def __init__(self) -> None:
        self.script: list[Answer | None] = []
        self.asked: list[tuple[str, str]] = []
        self.objects: dict[str, Any] = {"/api/v1": CORE}
        faulty = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                """Tests stay quiet."""

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body: dict[str, Any] = json.loads(self.rfile.read(length)) if length else {}
                path = self.path.partition("?")[0]
                faulty.asked.append((self.command, path))
                fault = faulty.script.pop(0) if faulty.script else None
                if fault is not None:
                    fault(self)
                elif self.command == "PATCH":
                    faulty.objects[path] = {**body, "metadata": {**body["metadata"], "uid": "u1"}}
                    send(self, faulty.objects[path])
                elif path in faulty.objects:
                    send(self, faulty.objects[path])
                else:
                    status(404, "not found")(self)

            do_GET = do_PATCH = do_POST = do_DELETE = answer  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def kubeconfig(self) -> dict[str, Any]:
        return {
            "clusters": [{"name": "c", "cluster": {"server": self.address}}],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }

    @property
    def connection(self) -> Connection:
        return Connection.of({"kubeconfig": json.dumps(self.kubeconfig)})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
