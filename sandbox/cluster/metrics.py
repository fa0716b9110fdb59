"""The metrics API, which `kubectl top` and autoscalers ask for: how the API server finds metrics-server."""

import base64
from collections.abc import Mapping
from datetime import datetime

from sandbox.addresses import API_SERVER
from sandbox.cluster import listeners

NAMESPACE, SERVER = "kube-system", "metrics-server"
HOST = f"{SERVER}.{NAMESPACE}.svc"
"""The name that its certificate must have."""

GROUP, VERSION = "metrics.k8s.io", "v1beta1"


def registration(authority: bytes, now: datetime) -> Mapping[str, Mapping[str, object]]:
    """Path -> object of the API; `authority` (PEM) has signed the server's certificate.

    `now` makes it another API than before, for which the API server asks at once.
    """
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": NAMESPACE, "name": SERVER},
        # By name, because an endpoint of a Service may not be a loopback address.
        "spec": {"type": "ExternalName", "externalName": API_SERVER},
    }
    api = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{VERSION}.{GROUP}", "annotations": {"registered": now.isoformat()}},
        "spec": {
            "group": GROUP,
            "version": VERSION,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "caBundle": base64.b64encode(authority).decode(),
            "service": {"namespace": NAMESPACE, "name": SERVER, "port": listeners.METRICS},
        },
    }
    return {
        f"/api/v1/namespaces/{NAMESPACE}/services/{SERVER}": service,
        f"/apis/apiregistration.k8s.io/v1/apiservices/{VERSION}.{GROUP}": api,
    }
