"""What starting a cluster asks of its API server."""

import http.client
import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.addresses import API_SERVER
from sandbox.cluster import metrics
from sandbox.cluster.pki import NODE_NAME, Pki
from sandbox.errors import SandboxError


class Api:
    def __init__(self, pki: Pki) -> None:
        self.pki = pki

    def ready(self) -> bool:
        """Whether every part of the API server is up."""
        return self._request("GET", "/readyz")[0] == 200

    def default_account_exists(self) -> bool:
        """Whether a pod could be made in the namespace `default`."""
        return self._request("GET", "/api/v1/namespaces/default/serviceaccounts/default")[0] == 200

    def metrics_served(self) -> bool:
        """Whether the API server passes on questions about the use of resources."""
        return self._request("GET", f"/apis/{metrics.GROUP}/{metrics.VERSION}")[0] == 200

    def node_ready(self, since: datetime) -> bool:
        """Whether kubelet has said, after `since`, that the node takes pods.

        An earlier word, which is still there after a restart, counts for nothing.
        """
        status, body = self._request("GET", f"/api/v1/nodes/{NODE_NAME}")
        return status == 200 and is_ready(json.loads(body), since)

    def apply(self, path: str, manifest: Mapping[str, Any]) -> None:
        """Have the object at `path`, by server-side apply, unless the server is too busy just now.

        Raises SandboxError in the server's words for what it will never take.
        """
        status, body = self._request("PATCH", f"{path}?fieldManager=sandbox&force=true", manifest)
        if 400 <= status < 500 and status not in (409, 429):
            raise SandboxError(f"The cluster refused its own {path} with status {status}: {body.decode()}")

    def _request(self, method: str, path: str, manifest: Mapping[str, Any] | None = None) -> tuple[int, bytes]:
        """(status, body); status 0 while nobody answers."""
        trusted = ssl.create_default_context(cafile=str(self.pki.certificate("ca")))
        connection = http.client.HTTPSConnection(API_SERVER, 443, timeout=5, context=trusted)
        try:
            headers = {"Authorization": f"Bearer {self.pki.admin_token.read_text()}"}
            if manifest:
                headers["Content-Type"] = "application/apply-patch+yaml"
            # JSON is YAML.
            connection.request(method, path, json.dumps(manifest) if manifest else None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def is_ready(node: dict[str, Any], since: datetime) -> bool:
    """Whether the Node has a Ready condition that is true and no older than `since` (whole seconds)."""
    for condition in node.get("status", {}).get("conditions", []):
        if condition["type"] == "Ready" and condition["status"] == "True":
            heartbeat = datetime.strptime(condition["lastHeartbeatTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            return heartbeat >= since.replace(microsecond=0)
    return False
