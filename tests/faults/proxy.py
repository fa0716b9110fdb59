"""A TCP proxy that cuts the line."""

import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 65536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: close at once, with a reset."""


class CuttingProxy:
    """Between clients and `target` while the `with` block runs; resets each connection after `limit` bytes sent."""

    def __init__(self, target: tuple[str, int], limit: int) -> None:
        self.cut = 0
        """Connections that were reset."""
        self._target, self._limit = target, limit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        # The end of the listener ends the thread.
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
                threading.Thread(target=self._send, args=(client, server), daemon=True).start()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE):
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)

    def _send(self, client: socket.socket, server: socket.socket) -> None:
        sent = 0
        with suppress(OSError):
            while piece := client.recv(PIECE):
                sent += len(piece)
                if sent > self._limit:
                    self.cut += 1
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    # The other thread's read keeps the connection open until it is shut down.
                    client.shutdown(socket.SHUT_RDWR)
                    break
                server.sendall(piece)
            server.shutdown(socket.SHUT_RDWR)
        client.close()
        server.close()
