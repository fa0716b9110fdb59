"""A backend is the Service's port, configured by its BackendConfig, else by its pods' readiness probe."""

from typing import Any

import pytest

from sandbox.edge.backend import backend
from sandbox.edge.endpoints import endpoints
from sandbox.edge.model import Affinity, Backend, Endpoint, HealthCheck
from sandbox.edge.objects import IngressError, Kind
from tests.unit.edge.fakes import FakeCluster

PROBE = {
    "httpGet": {"path": "/ready", "port": "app", "scheme": "HTTP"},
    "periodSeconds": 7,
    "timeoutSeconds": 3,
}


def web(cluster: FakeCluster) -> Backend:
    return backend(cluster, "shop", {"service": {"name": "web", "port": {"number": 8000}}})


def configure(cluster: FakeCluster, annotation: str = '{"default": "web"}', **spec: Any) -> None:
    cluster.service(annotations={"cloud.google.com/backend-config": annotation})
    cluster.add(Kind.BACKEND_CONFIG, "web", spec=spec)


def test_without_a_backend_config_googles_defaults_hold(cluster: FakeCluster) -> None:
    cluster.service()
    found = web(cluster)
    assert found.health == HealthCheck("/", "", None, 15, 15, 1, 2)
    assert (found.timeout, found.drain, found.affinity, found.log_rate) == (30, 0, Affinity.NONE, 0)


def test_a_backend_config_says_how_a_backend_is_spoken_to(cluster: FakeCluster) -> None:
    configure(
        cluster,
        timeoutSec=45,
        connectionDraining={"drainingTimeoutSec": 60},
        sessionAffinity={"affinityType": "GENERATED_COOKIE", "affinityCookieTtlSec": 90},
        customRequestHeaders={"headers": ["X-Client: {client_ip_address}"]},
        logging={"enable": True, "sampleRate": 0.5},
        healthCheck={"requestPath": "/ping", "port": 9000, "checkIntervalSec": 4, "healthyThreshold": 3},
    )
    found = web(cluster)
    assert (found.timeout, found.drain, found.cookie_age, found.log_rate) == (45, 60, 90, 0.5)
    assert found.affinity is Affinity.GENERATED_COOKIE
    assert found.request_headers == (("X-Client", "{client_ip_address}"),)
    assert found.health == HealthCheck("/ping", "", 9000, 4, 15, 3, 2)


@pytest.mark.parametrize("ports", ['{"8000": "web"}', '{"http": "web"}'])
def test_a_backend_config_for_the_port_goes_before_the_default(cluster: FakeCluster, ports: str) -> None:
    configure(cluster, f'{{"default": "absent", "ports": {ports}}}', timeoutSec=45)
    assert web(cluster).timeout == 45


def test_an_annotation_that_is_not_json_is_refused(cluster: FakeCluster) -> None:
    configure(cluster, "web")
    with pytest.raises(IngressError, match="could not parse"):
        web(cluster)


@pytest.mark.parametrize(
    "names", ['{"ports": ["web"]}', '{"ports": {"8000": ["web"]}}', '{"default": {"name": "web"}}']
)
def test_an_annotation_of_another_shape_is_refused(cluster: FakeCluster, names: str) -> None:
    configure(cluster, names)
    with pytest.raises(IngressError, match="could not parse"):
        web(cluster)


def test_no_ports_are_no_other_shape(cluster: FakeCluster) -> None:
    configure(cluster, '{"ports": null, "default": "web"}', timeoutSec=45)
    assert web(cluster).timeout == 45


def test_the_health_check_is_the_readiness_probe_when_no_backend_config_says_otherwise(
    cluster: FakeCluster,
) -> None:
    cluster.service()
    cluster.pod(PROBE)
    assert web(cluster).health == HealthCheck("/ready", "", None, 7, 3)


def test_a_backend_config_changes_single_fields_of_the_probe(cluster: FakeCluster) -> None:
    configure(cluster, healthCheck={"requestPath": "/ping"})
    cluster.pod(PROBE)
    assert web(cluster).health == HealthCheck("/ping", "", None, 7, 3)


def test_the_newest_pod_says_what_the_probe_is(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.pod(PROBE)
    cluster.pod(PROBE | {"httpGet": {"path": "/new", "port": 8000}}, "web-1")
    assert web(cluster).health == HealthCheck("/new", "", None, 7, 3)


@pytest.mark.parametrize(
    "get",
    [
        {"path": "/ready", "port": 9000},
        {"path": "/ready", "port": 8000, "scheme": "HTTPS"},
        {"path": "/ready", "port": 8000, "httpHeaders": [{"name": "X-Token", "value": "1"}]},
    ],
)
def test_a_probe_that_google_could_not_make_is_left_alone(cluster: FakeCluster, get: dict[str, Any]) -> None:
    cluster.service()
    cluster.pod(PROBE | {"httpGet": get})
    assert web(cluster).health == HealthCheck()


def test_a_probe_for_a_host_is_made_for_that_host(cluster: FakeCluster) -> None:
    cluster.service()
    headers = [{"name": "Host", "value": "shop.example.com"}]
    cluster.pod(PROBE | {"httpGet": {"path": "/ready", "port": 8000, "httpHeaders": headers}})
    assert web(cluster).health == HealthCheck("/ready", "shop.example.com", None, 7, 3)


@pytest.mark.parametrize("kind", ["HTTPS", "HTTP2"])
def test_what_is_not_simulated_is_refused_rather_than_ignored(cluster: FakeCluster, kind: str) -> None:
    configure(cluster, healthCheck={"type": kind})
    with pytest.raises(IngressError, match=kind):
        web(cluster)
    cluster.service(annotations={"cloud.google.com/app-protocols": f'{{"http": "{kind}"}}'})
    with pytest.raises(IngressError, match=kind):
        web(cluster)


def test_endpoints_are_ready_pods_and_terminating_ones_that_still_serve(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.endpoints(
        a1=(True, True, False),
        a2=(False, True, True),
        a3=(False, False, True),
        a4=(False, False, False),
    )
    assert endpoints(cluster, web(cluster)) == (
        Endpoint("10.244.0.1", 8000),
        Endpoint("10.244.0.2", 8000, draining=True),
    )


def test_a_network_endpoint_group_holds_pods_before_they_are_ready(cluster: FakeCluster) -> None:
    cluster.service({"cloud.google.com/neg": '{"ingress": true}'})
    cluster.endpoints(a1=(True, True, False), a2=(False, False, True), a3=(False, False, False))
    assert endpoints(cluster, web(cluster)) == (Endpoint("10.244.0.1", 8000), Endpoint("10.244.0.3", 8000))


def test_an_endpoint_that_is_ready_in_one_slice_is_ready(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.endpoints(a1=(False, True, True))
    cluster.endpoints(a1=(True, True, False))
    cluster.endpoints(a1=(False, True, True))
    assert endpoints(cluster, web(cluster)) == (Endpoint("10.244.0.1", 8000),)


def test_slices_of_other_services_and_ports_are_not_ours(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.endpoints(a1=(True, True, False))
    (piece,) = cluster[Kind.ENDPOINT_SLICE].values()
    other = {**piece, "metadata": {**piece["metadata"], "labels": {"kubernetes.io/service-name": "other"}}}
    metrics = {**piece, "ports": [{"name": "metrics", "port": 9000}]}
    cluster[Kind.ENDPOINT_SLICE] = {("shop", "a"): other, ("shop", "b"): metrics, ("else", "c"): piece}
    assert endpoints(cluster, web(cluster)) == ()
