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


def test_the_service_is_a_node_port_with_an_endpoint_group() -> None:
    service = deployed().one("Service").inputs
    assert service["spec"]["type"] == "NodePort"
    assert json.loads(service["metadata"]["annotations"]["cloud.google.com/neg"]) == {"ingress": True}


def test_the_health_check_and_draining_follow_the_workload() -> None:
    spec = deployed().one("BackendConfig").inputs["spec"]
    assert (spec["healthCheck"]["requestPath"], spec["healthCheck"]["port"]) == ("/healthy", 8080)
    assert spec["connectionDraining"] == {"drainingTimeoutSec": 7}


def test_the_service_names_its_backend_config_and_needs_it() -> None:
    backend = deployed()
    service, config = backend.one("Service"), backend.one("BackendConfig")
    named = json.loads(service.inputs["metadata"]["annotations"]["cloud.google.com/backend-config"])
    assert named == {"default": config.inputs["metadata"]["name"]}
    assert config.urn in service.needs


def test_what_is_not_stated_is_off_because_gke_leaves_on_what_is_absent() -> None:
    spec = deployed().one("BackendConfig").inputs["spec"]
    assert {key: spec[key] for key in spec if key not in ("healthCheck", "connectionDraining")} == {
        "timeoutSec": 30,
        "logging": {"enable": False},
        "securityPolicy": {"name": ""},
        "sessionAffinity": {"affinityType": "NONE", "affinityCookieTtlSec": 0},
        "cdn": {"enabled": False},
        "iap": {"enabled": False},
    }


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


def test_requests_are_treated_as_the_stack_says() -> None:
    spec = (
        deployed(
            timeoutSeconds=120,
            logging={"sampleRate": 0.25},
            securityPolicy="shield",
            sessionAffinity={"type": "GENERATED_COOKIE", "cookieSeconds": 60},
            cdn={"cacheMode": "CACHE_ALL_STATIC", "includeQueryString": False},
        )
        .one("BackendConfig")
        .inputs["spec"]
    )
    assert spec["timeoutSec"] == 120
    assert spec["logging"] == {"enable": True, "sampleRate": 0.25}
    assert spec["securityPolicy"] == {"name": "shield"}
    assert spec["sessionAffinity"] == {"affinityType": "GENERATED_COOKIE", "affinityCookieTtlSec": 60}
    assert spec["cdn"] == {
        "enabled": True,
        "cacheMode": "CACHE_ALL_STATIC",
        "cachePolicy": {"includeHost": True, "includeProtocol": True, "includeQueryString": False},
    }


def test_the_oauth_client_is_a_reference_to_a_secret_and_never_its_content() -> None:
    iap = deployed(iap={"oauthSecret": "oauth"}).one("BackendConfig").inputs["spec"]["iap"]
    assert iap == {"enabled": True, "oauthclientCredentials": {"secretName": "oauth"}}
    assert deployed(iap={}).one("BackendConfig").inputs["spec"]["iap"] == {"enabled": True}
