"""Google Cloud, read through its REST API with the credentials of whoever asks."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

COMPUTE = "https://compute.googleapis.com/compute/v1"
CONTAINER = "https://container.googleapis.com/v1"
DNS = "https://dns.googleapis.com/dns/v1"
CERTIFICATES = "https://certificatemanager.googleapis.com/v1"
SERVICES = "https://serviceusage.googleapis.com/v1"
SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only"

SECONDS = 30

Parameters = Mapping[str, str | list[str]]
Get = Callable[[str, Parameters], tuple[int, Any]]
"""Takes an address and query parameters; answers status and JSON."""


class CredentialsError(Exception):
    """Nobody is signed in: what was found, and the remedy."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy


class UnreadableError(Exception):
    """Google did not say: status and reason."""


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
            error = answer.get("error", {}) if isinstance(answer, Mapping) else {}
            said = error.get("message", "no reason") if isinstance(error, Mapping) else str(error)
            raise UnreadableError(f"{address.removeprefix('https://').partition('/')[0]} answered {status}: {said}")
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


def signed_in() -> Get:
    """Reads with application-default credentials. Raises CredentialsError when there are none."""
    # Imported here: the rest does without them.
    try:
        import google.auth
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
        from google.auth.transport.requests import AuthorizedSession
    except ImportError:
        raise CredentialsError(
            "google-auth is not installed", "Run `pip install -r operations/requirements.txt`."
        ) from None
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError:
        raise CredentialsError("none", "Run `gcloud auth application-default login`.") from None
    session = AuthorizedSession(credentials)

    def get(address: str, parameters: Parameters) -> tuple[int, Any]:
        try:
            answer = session.get(address, params=dict(parameters), timeout=SECONDS)
        except (GoogleAuthError, OSError) as error:
            raise UnreadableError(f"{address} cannot be read: {error}") from None
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, {}

    return get
