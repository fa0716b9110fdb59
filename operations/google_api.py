"""Google Cloud, as one project has it."""

from collections.abc import Iterator
from typing import Any

from audit.session import COMPUTE, Get, Parameters, UnreadableError, said, service

DNS = "https://dns.googleapis.com/dns/v1"
CERTIFICATES = "https://certificatemanager.googleapis.com/v1"
SERVICES = "https://serviceusage.googleapis.com/v1"


class Google:
    """What one project holds."""

    def __init__(self, project: str, get: Get) -> None:
        self.project = project
        self._get = get

    def read(self, address: str, parameters: Parameters | None = None) -> dict[str, Any] | None:
        """A resource; None when there is none. Raises UnreadableError."""
        status, answer = self._get(address, parameters or {})
        if status == 404:
            return None
        if status != 200:
            raise UnreadableError(f"{service(address)} answered {status}: {said(answer)}")
        return answer

    def pages(self, address: str) -> Iterator[dict[str, Any]]:
        """A collection, page by page. Raises UnreadableError."""
        token: str | None = ""
        while token is not None:
            page = self.read(address, {"pageToken": token} if token else {}) or {}
            yield page
            token = page.get("nextPageToken")

    def compute(self, path: str) -> dict[str, Any] | None:
        """A resource of Compute Engine in the project."""
        return self.read(f"{COMPUTE}/projects/{self.project}/{path}".rstrip("/"))
