"""A connection of uvicorn's, let go of as soon as it is lost."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """Waits for no further request on a connection that was reset.

    uvicorn 0.54 leaves that timer running, and it holds all of the connection: 9 kB for the 620 s of keep-alive.
    """

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
