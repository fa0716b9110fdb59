"""Google's REST API, read with the credentials of whoever asks."""

from collections.abc import Callable, Mapping
from typing import Any

COMPUTE = "https://compute.googleapis.com/compute/v1"
CONTAINER = "https://container.googleapis.com/v1"
SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only"

SECONDS = 60

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


def service(address: str) -> str:
    """The host that answers at an address."""
    return address.removeprefix("https://").partition("/")[0]


def said(answer: Any) -> str:
    """Google's own reason for a refusal."""
    error = answer.get("error", {}) if isinstance(answer, Mapping) else {}
    return error.get("message", "no reason") if isinstance(error, Mapping) else str(error)


def signed_in() -> Get:
    """Reads with application-default credentials. Raises CredentialsError when there are none."""
    # Imported here: the rest does without them.
    try:
        import google.auth
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
        from google.auth.transport.requests import AuthorizedSession
    except ImportError:
        raise CredentialsError("google-auth is not installed", "Run `pip install -r audit/requirements.txt`.") from None
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
