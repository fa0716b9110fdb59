"""A workload that could not come up, or not be looked after, is refused."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from settings.workload import WorkloadSettings


def settings(**stated: Any) -> WorkloadSettings:
    return WorkloadSettings.model_validate_json(json.dumps(stated))


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"replicas": 3, "scaling": {"maximum": 5}}, "both say how many"),
        ({"scaling": {"minimum": 5, "maximum": 5}}, "not below maximum"),
        ({"replicas": 1, "disruption": {"minAvailable": 1}}, "none of 1 pods"),
        ({"replicas": 3, "disruption": {"minAvailable": 3}}, "none of 3 pods"),
        ({"replicas": 3, "disruption": {"minAvailable": "67%"}}, "none of 3 pods"),
        ({"replicas": 3, "disruption": {"maxUnavailable": 0}}, "none of 3 pods"),
        ({"scaling": {"minimum": 1, "maximum": 9}, "disruption": {"minAvailable": 1}}, "none of 1 pods"),
        ({"disruption": {"minAvailable": 1, "maxUnavailable": 1}}, "exactly one"),
        ({"disruption": {}}, "exactly one"),
        ({"disruption": {"maxUnavailable": "half"}}, "percent such as"),
        ({"disruption": {"maxUnavailable": "50"}}, "percent such as"),
        ({"disruption": {"maxUnavailable": "101%"}}, "percent such as"),
        ({"disruption": {"maxUnavailable": -1}}, "percent such as"),
        ({"readiness": {"type": "exec"}}, "Write command"),
        ({"readiness": {"type": "http", "command": ["true"]}}, "would ignore command"),
        ({"liveness": {"type": "tcp", "service": "db"}}, "would ignore service"),
        ({"liveness": {"type": "exec", "command": ["true"], "port": 80}}, "no port"),
        ({"readiness": {"port": 9000}}, "ready and not serve"),
        ({"readiness": {"port": "grpc"}, "ports": {"grpc": 9000}}, "ready and not serve"),
        ({"liveness": {"type": "tcp", "port": "grcp"}, "ports": {"grpc": 9000}}, "one of http, grpc"),
        ({"startup": {"type": "grpc", "port": "grpc"}}, "no port of this name"),
        ({"metricsPort": 8000}, "port of their own"),
        ({"portName": "HTTP"}, "refuses such a name of a port"),
        ({"portName": "http--server"}, "refuses such a name of a port"),
        ({"ports": {"8080": 8080}}, "refuses such a name of a port"),
        ({"ports": {"http-server-port": 80}}, "at most 15"),
        ({"ports": {"http": 9000}}, "are called http"),
        ({"ports": {"grpc": 8000}}, "have the number 8000"),
        ({"sidecars": {"tls": {"image": "x.io/a:1", "ports": {"https": 8000}}}}, "have the number 8000"),
        ({"sidecars": {"tls": {"image": "x.io/a:1", "readiness": {}}}}, "State ports"),
        ({"sidecars": {"tls": {"image": "x.io/a:1", "ports": {"a": 1}, "liveness": {"port": "b"}}}}, "one of a"),
        ({"initContainers": {"warm": {"image": "x.io/a:1", "readiness": {}}}}, "Extra inputs"),
        ({"labels": {"app.kubernetes.io/name": "x"}}, "name of their workload"),
        ({"labels": {"tier": "front end"}}, "refuses such a label"),
        ({"traffic": {"exposedPorts": ["https"]}}, "have no such port"),
        ({"variables": {"1ST": "x"}}, "1ST"),
        ({"variables": {"ENVIRONMENT": "x"}}, "program itself"),
        ({"variables": {"A": "x"}, "podFields": {"A": "metadata.name"}}, "once"),
        ({"podFields": {"A": "metadata.labels"}}, "no such field"),
        ({"podFields": {"A": "spec.containers"}}, "no such field"),
        ({"googleRoles": ["roles/editor"]}, "take over the project"),
        ({"googleRoles": ["storage.objectViewer"]}, "roles/NAME"),
        ({"googleRoles": ["roles/a.b", "roles/a.b"]}, "once"),
        ({"migration": {"command": []}}, "program and its arguments"),
        ({"cronJobs": {"Report": {"command": ["x"], "schedule": "@daily"}}}, "lower-case"),
        ({"cronJobs": {"r" * 31: {"command": ["x"], "schedule": "@daily"}}}, "at most 30"),
        ({"cronJobs": {"report": {"command": ["x"], "schedule": "every day"}}}, "weekday"),
        ({"cronJobs": {"report": {"command": ["x"], "schedule": "* * * *"}}}, "weekday"),
        ({"sidecars": {"proxy": {"image": "example.com/proxy"}}}, "Name a version"),
        ({"sidecars": {"proxy": {"image": "example.com:5000/proxy"}}}, "Name a version"),
        ({"sidecars": {"proxy": {"image": "example.com/proxy:latest"}}}, "Name a version"),
        ({"sidecars": {"proxy": {"image": "Example Proxy:1"}}}, "No image"),
        ({"sidecars": {"Proxy": {"image": "example.com/proxy:1"}}}, "refuses such a name"),
        ({"initContainers": {"a": {"image": "x.io/a:1"}}, "sidecars": {"a": {"image": "x.io/a:1"}}}, "one name"),
        ({"volumes": {"tmp": {"path": "/cache", "size": "1Gi"}}}, "it is taken"),
        ({"volumes": {"cache": {"path": "/tmp", "size": "1Gi"}}}, "/tmp is taken"),
        ({"volumes": {"cache": {"path": "/a/../b", "size": "1Gi"}}}, "absolute path"),
        ({"volumes": {"cache": {"path": "/cache", "size": "10m"}}}, "10Mi"),
        ({"requests": {"cpu": "10m", "memory": "10m", "ephemeralStorage": "64Mi"}}, "it is 0.01 bytes"),
        ({"volumes": {name: {"path": "/cache", "size": "1Gi"} for name in ("a", "b")}}, "one path"),
        ({"traffic": {"egress": [{"ports": [5432]}]}}, "exactly one of range and namespace"),
        ({"traffic": {"egress": [{"range": "10.0.0.0/8", "ports": []}]}}, "ports from 1"),
        ({"traffic": {"ingress": [{"namespace": "a", "range": "10.0.0.0/8", "ports": [1]}]}}, "exactly one of range"),
    ],
)
def test_what_kubernetes_would_refuse_or_never_honour_is_refused(stated: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as error:
        settings(**stated)
    assert error.value.error_count() == 1
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("stated", "evictable"),
    [
        ({"minAvailable": 2}, 1),
        ({"minAvailable": "66%"}, 1),
        ({"minAvailable": "50%"}, 1),
        ({"minAvailable": "0%"}, 3),
        ({"maxUnavailable": 1}, 1),
        ({"maxUnavailable": "1%"}, 1),
        ({"maxUnavailable": "50%"}, 2),
    ],
)
def test_percentages_are_rounded_as_kubernetes_rounds_them(stated: dict[str, Any], evictable: int) -> None:
    budget = settings(replicas=3, disruption=stated).disruption
    assert budget is not None
    assert budget.evictable(3) == evictable


@pytest.mark.parametrize("schedule", ["@hourly", "30 4 * * 1-5", "*/10 0,12 1 JAN-MAR MON", "0  3 * * *"])
def test_a_schedule_is_cron_s(schedule: str) -> None:
    assert settings(cronJobs={"report": {"command": ["x"], "schedule": schedule}}).cron_jobs["report"].command == ("x",)


def test_the_app_learns_where_its_metrics_are_asked_for() -> None:
    assert settings(metricsPort=9100).told == {"METRICS_ADDRESS": "0.0.0.0:9100"}
    assert settings().told == {}
