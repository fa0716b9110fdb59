"""The load balancer reaches pods directly and checks what they answer."""

import json
from typing import Any

from components.backend import Backend
from settings.backend import BackendSettings
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record


def deployed(**treatment: Any) -> Recording:
    workload = WorkloadSettings.model_validate({"healthPath": "/healthy", "port": 8080, "drainSeconds": 7})
    return record(
        lambda: Backend(
            "b",
            {
                "name": "app",
                "namespace": "space",
                "selector": {"app": "app"},
                "workload": workload,
                "treatment": BackendSettings.model_validate(treatment),
            },
        )
    )


def test_the_service_names_its_backend_config_and_needs_it() -> None:
    backend = deployed()
    service, config = backend.one("Service"), backend.one("BackendConfig")
    named = json.loads(service.inputs["metadata"]["annotations"]["cloud.google.com/backend-config"])
    assert named == {"default": config.inputs["metadata"]["name"]}
    assert config.urn in service.needs


def test_a_config_always_says_the_same_things() -> None:
    """What GKE is not told any more, it leaves as it was."""
    full = deployed(
        timeoutSeconds=120,
        logging={},
        securityPolicy="shield",
        sessionAffinity={"type": "CLIENT_IP"},
        cdn={},
    )
    assert full.one("BackendConfig").inputs["spec"].keys() == deployed().one("BackendConfig").inputs["spec"].keys()
