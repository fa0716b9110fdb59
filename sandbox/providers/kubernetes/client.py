"""Requests to the API server: objects in, objects out."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import HTTPError

from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, UnreachableError
from sandbox.providers.kubernetes.kinds import Object, identity
from sandbox.providers.kubernetes.transport import Patience, Request, Transport, answered_warning

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class Kind:
    """Where objects of a kind are served: `/apis/apps/v1`, `deployments`."""

    base: str
    plural: str
    namespaced: bool

    def collection(self, namespace: str | None) -> str:
        inside = f"/namespaces/{namespace or 'default'}" if self.namespaced else ""
        return f"{self.base}{inside}/{self.plural}"


class Client:
    """One cluster. Every method raises UnreachableError, and ApiError where it does not say otherwise."""

    def __init__(self, connection: Connection) -> None:
        self._transport = Transport(connection)
        self.server = self._transport.server
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._patience = Patience.of(0, _silent)

    def within(self, seconds: float, warn: Callable[[str], None]) -> "Client":
        """The same client for one operation: what fails for a while is repeated for so many seconds from now."""
        client = copy(self)
        client._patience = Patience.of(seconds, warn)
        return client

    def kind(self, api_version: str, kind: str) -> Kind:
        """Discovered once a kind; raises NoSuchKindError, which is not remembered."""
        if (api_version, kind) not in self._kinds:
            base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            try:
                served = self._json("GET", base)["resources"]
            except ApiError as error:
                if error.status != 404:
                    raise
                served = []
            for entry in served:
                if "/" not in entry["name"]:
                    found = Kind(base, entry["name"], entry["namespaced"])
                    self._kinds[api_version, entry["kind"]] = found
        try:
            return self._kinds[api_version, kind]
        except KeyError:
            raise NoSuchKindError(
                f"The API server {self.server} serves no {kind} of {api_version}. "
                "Create its CustomResourceDefinition first, or correct apiVersion and kind."
            ) from None

    def get(self, thing: Object) -> Object | None:
        """The live object of that apiVersion, kind, namespace and name; None when there is none."""
        try:
            return self._json("GET", self._path(thing))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def apply(
        self,
        thing: Object,
        manager: str,
        *,
        force: bool,
        dry_run: bool = False,
        hear: Callable[[str], None] | None = None,
    ) -> Object:
        """Server-side apply; an unknown or repeated field is refused. `hear` is told the server's warnings."""
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": str(force).lower(), **_dry(dry_run)}
        return self._json("PATCH", self._path(thing), query, self._placed(thing), APPLY, hear)

    def rehearse_creation(self, thing: Object, hear: Callable[[str], None]) -> None:
        """What a creation would be told, by a server that then forgets it; raises ApiError when it is refused."""
        path = self._path(thing).rpartition("/")[0]
        query = {"fieldValidation": "Strict", **_dry(True)}
        self._json("POST", path, query, self._placed(thing), hear=hear)

    def relinquish(self, thing: Object, manager: str) -> None:
        """Give up all fields that the manager applied; those that nobody else holds go."""
        metadata = {key: value for key, value in thing["metadata"].items() if key in ("name", "namespace")}
        self._json(
            "PATCH", self._path(thing), {"fieldManager": manager}, {**identity(thing), "metadata": metadata}, APPLY
        )

    def hand_over(self, thing: Object, managed: list[dict[str, Any]]) -> None:
        """Write an object's managedFields anew; raises ApiError (409) when it changed meanwhile."""
        version = thing["metadata"]["resourceVersion"]
        changes = [
            {"op": "replace", "path": "/metadata/managedFields", "value": managed},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        ]
        self._json("PATCH", self._path(thing), {}, changes, JSON_PATCH)

    def delete(self, thing: Object, policy: str) -> str | None:
        """Ask for its deletion; returns the uid of the object that is ending, None when there is none."""
        try:
            answer = self._json("DELETE", self._path(thing), {"propagationPolicy": policy})
        except NoSuchKindError:
            return None
        except ApiError as error:
            if error.status != 404:
                raise
            return None
        # The object itself while something holds it, else a Status.
        return answer.get("details", {}).get("uid") or answer["metadata"].get("uid")

    def select(self, api_version: str, kind: str, namespace: str | None, **query: str) -> list[Object]:
        """The objects that match, for example `labelSelector="app=web"`."""
        path = self.kind(api_version, kind).collection(namespace)
        return self._json("GET", path, query)["items"]

    def follow(
        self, api_version: str, kind: str, namespace: str | None, seconds: float, **query: str
    ) -> Iterator[list[Object]]:
        """The objects that match, now and after each change, for about `seconds`."""
        path = self.kind(api_version, kind).collection(namespace)
        listed = self._json("GET", path, query)
        found = {item["metadata"]["uid"]: item for item in listed["items"]}
        head = {"apiVersion": api_version, "kind": kind}
        yield [{**head, **item} for item in found.values()]
        window = {
            "watch": "true",
            "resourceVersion": listed["metadata"]["resourceVersion"],
            "timeoutSeconds": str(max(1, round(seconds))),
        }
        deadline = time.monotonic() + seconds
        try:
            for event in self._events(Request("GET", path, {**query, **window}), seconds):
                if event["type"] == "ERROR":
                    break
                item = event["object"]
                if event["type"] == "DELETED":
                    found.pop(item["metadata"]["uid"], None)
                else:
                    found[item["metadata"]["uid"]] = item
                yield [{**head, **item} for item in found.values()]
        except (HTTPError, ApiError):
            # The connection broke, or the version is too old to watch from; the caller lists again after the pause
            # of a broken window.
            pass
        if (left := min(1.0, deadline - time.monotonic())) > 0:
            time.sleep(left)

    def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> list[str]:
        """The last lines a container wrote, or the container before it; none when the log cannot be read."""
        query = {"container": container, "tailLines": str(lines), "previous": str(previous).lower()}
        request = Request("GET", f"/api/v1/namespaces/{namespace}/pods/{pod}/log", query)
        try:
            body, _ = self._transport.send(request, Patience.of(0, _silent))
        except (ApiError, UnreachableError):
            return []
        return body.decode(errors="replace").splitlines()

    def _path(self, thing: Object) -> str:
        metadata = thing["metadata"]
        found = self.kind(thing["apiVersion"], thing["kind"])
        return f"{found.collection(metadata.get('namespace'))}/{metadata['name']}"

    def _placed(self, thing: Object) -> Object:
        """The object without a namespace when its kind has none."""
        if self.kind(thing["apiVersion"], thing["kind"]).namespaced or "namespace" not in thing["metadata"]:
            return thing
        metadata = {key: value for key, value in thing["metadata"].items() if key != "namespace"}
        return {**thing, "metadata": metadata}

    def _events(self, request: Request, seconds: float) -> Iterator[dict[str, Any]]:
        rest = b""
        for chunk in self._transport.stream(request, seconds + 5, self._patience):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines if line)

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content: str = "application/json",
        hear: Callable[[str], None] | None = None,
    ) -> Any:
        answer, warnings = self._transport.send(Request(method, path, query or {}, body, content), self._patience)
        for warning in warnings if hear else ():
            hear(answered_warning(warning))  # pyright: ignore[reportOptionalCall]
        return json.loads(answer)


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}


def _silent(_text: str) -> None:
    """For what needs no patience."""
