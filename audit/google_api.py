"""A project in Google Cloud, read through Google's REST API with the credentials of whoever asks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from audit.inventory import AuditError, Found
from audit.session import COMPUTE, CONTAINER, CredentialsError, Get, UnreadableError, said, service, signed_in

REGISTRY = "https://artifactregistry.googleapis.com/v1"

GLOBAL = frozenset({"firewalls", "networks", "httpHealthChecks"})
"""Collections of Compute Engine that have no aggregated list."""


class GoogleProject:
    """The inventory of a project; `region` is where its image repositories are looked for."""

    def __init__(self, project: str, region: str, get: Get | None = None) -> None:
        self.project = project
        self._region = region
        self._get = get or _signed_in()

    def list(self, collection: str) -> Iterator[Found]:
        project = f"projects/{self.project}"
        if collection == "clusters":
            for page in self._pages(f"{CONTAINER}/{project}/locations/-/clusters"):
                if missing := page.get("missingZones"):
                    raise AuditError(
                        f"Google did not say which clusters there are in {', '.join(missing)}, so what is left cannot "
                        "be told from what is used. Run the audit again."
                    )
                yield from (Found(each["name"], each["location"]) for each in page.get("clusters", ()))
        elif collection == "repositories":
            for page in self._pages(f"{REGISTRY}/{project}/locations/{self._region}/repositories"):
                for each in page.get("repositories", ()):
                    if each.get("format") == "DOCKER":
                        yield Found(each["name"].rpartition("/")[2], self._region)
        elif collection in GLOBAL:
            for page in self._pages(f"{COMPUTE}/{project}/global/{collection}"):
                yield from (_found(each, "global") for each in page.get("items", ()))
        else:
            for page in self._pages(f"{COMPUTE}/{project}/aggregated/{collection}"):
                for scope, items in page.get("items", {}).items():
                    location = scope.rpartition("/")[2]
                    yield from (_found(each, location) for each in items.get(collection, ()))

    def _pages(self, address: str) -> Iterator[Mapping[str, Any]]:
        token = ""
        while True:
            try:
                status, page = self._get(address, {"pageToken": token} if token else {})
            except UnreadableError as error:
                raise AuditError(f"{error}. What is left is not known.") from None
            if status != 200:
                raise AuditError(_refusal(self.project, address, status, page))
            if page.get("unreachables"):
                raise AuditError(
                    f"Google could not reach {', '.join(page['unreachables'])}, so what is left there is not known. "
                    "Run the audit again."
                )
            yield page
            token = page.get("nextPageToken", "")
            if not token:
                return


def _found(resource: Mapping[str, Any], location: str) -> Found:
    labels = resource.get("labels") or {}
    said = [str(resource.get("description") or ""), json.dumps(labels) if labels else ""]
    return Found(resource["name"], location, " ".join(part for part in said if part))


def _refusal(project: str, address: str, status: int, answer: Any) -> str:
    return (
        f"{service(address)} answered {status} for project {project}: {said(answer)} What is left is not known. "
        "Sign in as somebody with roles/viewer on the project, or enable the service."
    )


def _signed_in() -> Get:
    try:
        return signed_in()
    except CredentialsError as error:
        raise AuditError(f"Google Cloud cannot be asked (credentials: {error.found}). {error.remedy}") from None
