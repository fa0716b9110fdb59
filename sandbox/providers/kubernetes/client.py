"""Requests to the API server, through the official client."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from kubernetes.client import ApiClient

from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.credential import configured
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, UnreachableError
from sandbox.providers.kubernetes.kinds import Object

RETRIES = urllib3.Retry(
    total=5,
    backoff_factor=0.3,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
)
"""Rides out a restart of the API server (about 9 s); every request of ours may be repeated."""

TIMEOUT = (5, 60)
"""Seconds to connect, and between two bytes of an answer."""

PAUSES = (0.5, 1, 2)
"""Seconds between attempts after an internal error of the API server."""

# Each retry would be printed in the middle of the engine's output, and so would each request to a server
# whose certificate the kubeconfig says not to verify.
logging.getLogger("urllib3").setLevel(logging.ERROR)
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


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
        settings = configured(connection)
        settings.retries = RETRIES
        # One connection for each watch of a large stack.
        settings.connection_pool_maxsize = 64
        self.server: str = settings.host
        self._api = ApiClient(settings)
        self._kinds: dict[tuple[str, str], Kind] = {}

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

    def apply(self, thing: Object, manager: str, *, force: bool) -> Object:
        """Server-side apply; an unknown or repeated field is refused."""
        path, found = self._path(thing), self.kind(thing["apiVersion"], thing["kind"])
        if not found.namespaced and "namespace" in thing["metadata"]:
            metadata = {key: value for key, value in thing["metadata"].items() if key != "namespace"}
            thing = {**thing, "metadata": metadata}
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": str(force).lower()}
        return self._json("PATCH", path, query, thing, "application/apply-patch+yaml")

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
            for event in self._events(path, {**query, **window}, seconds):
                if event["type"] == "ERROR":
                    break
                item = event["object"]
                if event["type"] == "DELETED":
                    found.pop(item["metadata"]["uid"], None)
                else:
                    found[item["metadata"]["uid"]] = item
                yield [{**head, **item} for item in found.values()]
        except urllib3.exceptions.HTTPError:
            # The connection broke; the caller lists again after the pause of a broken window.
            pass
        if (left := min(1.0, deadline - time.monotonic())) > 0:
            time.sleep(left)

    def log(self, namespace: str, pod: str, container: str, lines: int) -> list[str]:
        """The last lines a container wrote; none when the log cannot be read."""
        query = {"container": container, "tailLines": str(lines)}
        try:
            body = self._request("GET", f"/api/v1/namespaces/{namespace}/pods/{pod}/log", query).read()
        except (ApiError, urllib3.exceptions.HTTPError):
            return []
        return body.decode(errors="replace").splitlines()

    def _path(self, thing: Object) -> str:
        metadata = thing["metadata"]
        found = self.kind(thing["apiVersion"], thing["kind"])
        return f"{found.collection(metadata.get('namespace'))}/{metadata['name']}"

    def _events(self, path: str, query: Mapping[str, str], seconds: float) -> Iterator[dict[str, Any]]:
        response = self._request("GET", path, query, timeout=(TIMEOUT[0], seconds + 5))
        rest = b""
        try:
            for chunk in response.stream():
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (json.loads(line) for line in lines if line)
        finally:
            response.close()

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Object | None = None,
        content: str = "application/json",
    ) -> Any:
        try:
            return json.loads(self._request(method, path, query or {}, body, content).read())
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from None

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Object | None = None,
        content: str = "application/json",
        timeout: tuple[float, float] = TIMEOUT,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": content, "Accept": "application/json"}
        address = f"{path}?{urlencode(query)}" if query else path
        authenticated = {"header_params": headers, "auth_settings": ["BearerToken"]}
        _, url, headers, *_ = self._api.param_serialize(method, address, **authenticated)
        pauses = iter(PAUSES)
        while True:
            try:
                response = self._api.rest_client.pool_manager.request(
                    method,
                    url,
                    headers=headers,
                    body=None if body is None else json.dumps(body),
                    timeout=urllib3.Timeout(connect=timeout[0], read=timeout[1]),
                    preload_content=False,
                )
                if response.status < 400:
                    return response
                error = ApiError(response.status, response.read())
            except urllib3.exceptions.HTTPError as broken:
                raise self._unreachable(broken) from None
            pause = next(pauses, None) if error.transient else None
            if pause is None:
                raise error
            time.sleep(pause)

    def _unreachable(self, error: Exception) -> UnreachableError:
        cause = getattr(error, "reason", None) or error
        return UnreachableError(
            f"The Kubernetes API server {self.server} cannot be reached ({type(cause).__name__}: {cause}). "
            "Start the cluster, or correct the server in the kubeconfig; then run the command again."
        )
