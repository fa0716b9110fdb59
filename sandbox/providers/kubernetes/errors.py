"""How requests to the API server, and waits, fail."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import Object
from sandbox.providers.plugin import Unclear, Unreachable

LATER = (429, 500, 502, 503, 504)
"""HTTP statuses after which the same request may succeed later."""


class ApiError(SandboxError):
    """The API server refused a request: `status` is the HTTP status, `reason` Kubernetes' word for it."""

    def __init__(self, status: int, body: bytes, retry_after: str = "") -> None:
        try:
            answer = json.loads(body)
        except ValueError:
            answer = {}
        self.status = status
        self.answer: dict[str, Any] = answer if isinstance(answer, dict) else {}
        self.reason: str = self.answer.get("reason", "")
        self.retry_after = float(retry_after) if retry_after.isdigit() else 0.0
        """Seconds that the server asks to wait."""
        super().__init__(self.answer.get("message") or f"the API server answered with HTTP status {status}")

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later; an object that fits no schema is a 500, too."""
        return self.status in LATER and "typed patch object" not in str(self)

    @property
    def required_fields(self) -> Iterator[str]:
        """Paths of the fields that the object cannot be without."""
        for cause in self.answer.get("details", {}).get("causes") or ():
            if cause.get("reason") == "FieldValueRequired":
                yield cause.get("field", "")


class NoSuchKindError(SandboxError):
    """The API server serves no such apiVersion and kind."""


class UnreachableError(Unreachable):
    """No API server answers at the kubeconfig's address: nothing was asked of it."""


class LostAnswerError(UnreachableError, Unclear):
    """A request was sent and its answer was lost: nobody knows whether it was carried out."""


class NotReadyError(Exception):
    """The object exists and is not ready; `live` is its last known form."""

    def __init__(self, live: Object, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons
