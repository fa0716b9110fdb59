"""The gRPC health checking protocol as the bytes of one connection, for a proxy that knows HTTP/2 but not this.

RFC 9113 (frames) and RFC 7541 (header fields, here all literal); github.com/grpc/grpc, doc/health-checking.md.
"""

import struct

_DATA, _HEADERS, _SETTINGS = 0x0, 0x1, 0x4
_END_STREAM, _END_HEADERS = 0x1, 0x4

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_FIELDS = {
    b":method": b"POST",
    b":scheme": b"http",
    b":path": b"/grpc.health.v1.Health/Check",
    b":authority": b"health",
    b"content-type": b"application/grpc",
    b"te": b"trailers",
    b"user-agent": b"GoogleHC/1.0",
}


LONGEST = 125
"""Bytes of a service's name whose length, with that of its message, is one byte in every encoding."""


def request(service: str) -> bytes:
    """What a client sends to ask for the health of `service`; empty: of the whole server."""
    name = service.encode()
    # HealthCheckRequest: field 1, a string, absent when empty.
    message = b"\x0a" + _counted(name) if name else b""
    fields = b"".join(b"\0" + _counted(field) + _counted(value) for field, value in _FIELDS.items())
    return b"".join(
        [
            _PREFACE,
            _frame(_SETTINGS, 0, 0, b""),
            _frame(_HEADERS, _END_HEADERS, 1, fields),
            _frame(_DATA, _END_STREAM, 1, _message(message)),
        ]
    )


def _message(content: bytes) -> bytes:
    """As gRPC frames it: not compressed, four bytes of length."""
    return b"\0" + struct.pack(">I", len(content)) + content


SERVING = _message(b"\x08\x01")
"""HealthCheckResponse with status SERVING, somewhere in what the server sends."""


def _counted(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
