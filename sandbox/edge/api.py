"""The Kubernetes API as the controller uses it: raw objects, by kind and key.

`kubernetes.informer.SharedInformer` would do the watching, but it retries without a pause while the API
server is away, and turns every object into a model that has to be turned back.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, ApiException, Configuration
from kubernetes.config import load_kube_config_from_dict
from kubernetes.watch.watch import iter_resp_lines

from sandbox.edge.objects import Event, Key, Kind, Object, key

WATCH_SECONDS = 300
"""The API server ends a watch after this; the next one goes on from the last resource version."""

_TIMEOUT = (5, WATCH_SECONDS + 30)
"""Seconds to connect and to read: a server that vanished without a word is noticed."""

_SELECTORS = {Kind.SECRET: {"fieldSelector": "type=kubernetes.io/tls"}}

_MERGE = "application/merge-patch+json"
_PATCHES = {Kind.POD: "application/strategic-merge-patch+json"}
"""How a kind is patched that is not replaced list by list: the kubelet writes other conditions of the same pod."""

_OBJECT = (404, 409)
"""Answers about an object; after any other failure the kubeconfig is read again."""


class Api:
    """The cluster named by a kubeconfig, which may appear late, and change when the cluster is made anew."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self._client: ApiClient | None = None

    def list(self, kind: Kind) -> tuple[dict[Key, Object], str]:
        """Every object of a kind, and the resource version to watch from."""
        answer = json.loads(self._request("GET", _path(kind), _SELECTORS.get(kind)).read())
        return {key(item): item for item in answer.get("items") or []}, answer["metadata"]["resourceVersion"]

    def watch(self, kind: Kind, version: str) -> Iterator[tuple[str, Object]]:
        """Changes since a version, as (`ADDED` | `MODIFIED` | `DELETED` | `BOOKMARK`, object).

        Ends when the API server ends it. Raises `ApiException`, 410 when the version is too old.
        """
        query = _SELECTORS.get(kind, {}) | {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        response = self._request("GET", _path(kind), query)
        try:
            for line in iter_resp_lines(response.response):
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiException(status=event["object"].get("code"), reason=event["object"].get("message"))
                yield event["type"], event["object"]
        finally:
            response.response.close()

    def patch(self, kind: Kind, where: Key, body: Mapping[str, Any], subresource: str = "") -> None:
        """Merge a patch; an object that is gone, or changed since, is left for the next look at it."""
        try:
            path = "/".join(filter(None, [_path(kind, where), subresource]))
            self._request("PATCH", path, body=body, content=_PATCHES.get(kind, _MERGE)).read()
        except ApiException as error:
            if error.status not in _OBJECT:
                raise

    def record(self, kind: Kind, about: Object, event: Event) -> None:
        """Record an Event about an object."""
        now = datetime.now(UTC)
        version, name_of_kind, _ = kind.value
        namespace, name = key(about)
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": namespace, "name": f"{name}.{int(now.timestamp() * 1e9):x}"},
            "involvedObject": {
                "apiVersion": version,
                "kind": name_of_kind,
                "namespace": namespace,
                "name": name,
                "uid": about["metadata"]["uid"],
            },
            "type": "Warning" if event.warning else "Normal",
            "reason": event.reason,
            "message": event.message[:1024],
            "source": {"component": event.component},
            "reportingComponent": event.component,
            "firstTimestamp": now.isoformat(timespec="seconds"),
            "lastTimestamp": now.isoformat(timespec="seconds"),
            "count": 1,
        }
        try:
            self._request("POST", f"/api/v1/namespaces/{namespace}/events", body=body).read()
        except ApiException as error:
            # A namespace that is being deleted takes no more Events, and must be let go without them.
            if error.status not in (403, 404):
                raise

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: str = "application/json",
    ) -> Any:
        client = self._client = self._client or _client(json.loads(self._kubeconfig.read_text()))
        request = client.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            header_params={"Accept": "application/json", "Content-Type": content},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = client.call_api(*request, _request_timeout=_TIMEOUT)
            if not 200 <= response.status < 300:
                response.read()
                raise ApiException(http_resp=response)
        except Exception as error:
            if not (isinstance(error, ApiException) and error.status in _OBJECT):
                self._client = None
            raise
        return response


def _client(kubeconfig: Any) -> ApiClient:
    """A client by the sandbox's own kubeconfig. The loader alone would leave the authority in a file at every start."""
    configuration = Configuration()
    authority = kubeconfig["clusters"][0]["cluster"].pop("certificate-authority-data")
    configuration.ca_cert_data = base64.b64decode(authority).decode()
    load_kube_config_from_dict(kubeconfig, client_configuration=configuration)
    return ApiClient(configuration)


def _path(kind: Kind, where: Key | None = None) -> str:
    version, _, plural = kind.value
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{root}/namespaces/{where[0]}/{plural}/{where[1]}" if where else f"{root}/{plural}"
