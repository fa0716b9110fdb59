"""Which request and which trace a log line belongs to."""

import re
import secrets
from collections.abc import Iterable, Mapping
from contextvars import ContextVar

from opentelemetry import trace

REQUEST_ID = b"x-request-id"

Fields = dict[str, str | bool]
"""`requestId` and, under a trace, what Cloud Logging calls trace, spanId and trace_sampled."""

CURRENT: ContextVar[Mapping[str, str | bool]] = ContextVar("correlation")
"""Of the request that is being answered; the server runs each in a context of its own."""

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,128}")
"""Other ids could forge what is read of them elsewhere, or be too long to keep."""

_TRACEPARENT = re.compile(rb"(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?")
"""https://www.w3.org/TR/trace-context/#traceparent-header"""

_CLOUD_TRACE = re.compile(rb"(?!0{32})([\da-fA-F]{32})(?:/(\d{1,20}))?(?:;o=(\d))?")
"""https://cloud.google.com/trace/docs/trace-context#legacy-http-header"""


def correlate(headers: Iterable[tuple[bytes, bytes]]) -> Fields:
    """The fields of a request with these headers, whose names are in lower case.

    The caller's X-Request-Id is taken when it is sane, else one is made; a traceparent outdoes an
    X-Cloud-Trace-Context, which Google's load balancer sends.
    """
    given = dict(headers)
    request_id = given.get(REQUEST_ID)
    sane = request_id and _SANE.fullmatch(request_id)
    fields: Fields = {"requestId": sane[0].decode() if sane else secrets.token_hex(16)}
    if (value := given.get(b"traceparent")) and (parent := _TRACEPARENT.fullmatch(value)):
        fields |= _trace(parent[1].decode(), parent[2].decode(), bool(int(parent[3], 16) & 1))
    elif (value := given.get(b"x-cloud-trace-context")) and (cloud := _CLOUD_TRACE.fullmatch(value)):
        fields |= _trace(cloud[1].decode().lower(), f"{int(cloud[2] or 0):016x}", cloud[3] == b"1")
    return fields


def spanned() -> Fields:
    """The fields of the span that is under way, if there is one: it belongs to the caller's trace, or began its own."""
    span = trace.get_current_span().get_span_context()
    return _trace(f"{span.trace_id:032x}", f"{span.span_id:016x}", span.trace_flags.sampled) if span.is_valid else {}


def _trace(trace_id: str, span_id: str, sampled: bool) -> Fields:
    """Cloud Logging's agent on GKE puts the project before a bare trace id."""
    return {
        "logging.googleapis.com/trace": trace_id,
        "logging.googleapis.com/spanId": span_id,
        "logging.googleapis.com/trace_sampled": sampled,
    }
