"""How requests to the API server, and waits, fail."""

import json

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import Object


class ApiError(SandboxError):
    """The API server refused a request: `status` is the HTTP status, `reason` Kubernetes' word for it."""

    def __init__(self, status: int, body: bytes) -> None:
        try:
            answer = json.loads(body)
        except json.JSONDecodeError:
            answer = {}
        self.status = status
        self.reason: str = answer.get("reason", "")
        super().__init__(answer.get("message") or f"the API server answered with HTTP status {status}")

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later; an object that fits no schema is a 500, too."""
        return self.status == 500 and "typed patch object" not in str(self)


class NoSuchKindError(SandboxError):
    """The API server serves no such apiVersion and kind."""


class UnreachableError(SandboxError):
    """No API server answers at the kubeconfig's address."""


class NotReadyError(Exception):
    """The object exists and is not ready; `live` is its last known form."""

    def __init__(self, live: Object, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live = live
        self.reasons = reasons
