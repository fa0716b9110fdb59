"""Kubeconfigs: how each component, and the user, reaches the API server."""

import base64
import json
from pathlib import Path

from sandbox.addresses import API_SERVER
from sandbox.cluster.pki import Pki
from sandbox.private import write_private

ENDPOINT = f"https://{API_SERVER}:443"
CONTEXT = "sandbox"


def of_administrator(path: Path, pki: Pki) -> None:
    """A kubeconfig that stands on its own: authority and token are in it."""
    _write(path, pki, {"token": pki.admin_token.read_text()})


def of_component(path: Path, pki: Pki, client: str) -> None:
    """A kubeconfig with the client certificate of one component."""
    _write(path, pki, {"client-certificate": str(pki.certificate(client)), "client-key": str(pki.key(client))})


def _write(path: Path, pki: Pki, user: dict[str, str]) -> None:
    authority = base64.b64encode(pki.certificate("ca").read_bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": CONTEXT, "cluster": {"server": ENDPOINT, "certificate-authority-data": authority}},
        ],
        "users": [{"name": CONTEXT, "user": user}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }
    # JSON is YAML.
    write_private(path, json.dumps(config, indent=1).encode())
