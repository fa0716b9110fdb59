"""A Service that leads nowhere is refused before anything is deployed, and the message says what is missing."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from settings.mistake import SettingError
from settings.service import ServiceSettings, select
from settings.workload import WorkloadSettings


def service(**stated: Any) -> ServiceSettings:
    return ServiceSettings.model_validate_json(json.dumps(stated))


def workloads(**stated: dict[str, Any]) -> dict[str, WorkloadSettings]:
    return {name: WorkloadSettings.model_validate_json(json.dumps(each)) for name, each in stated.items()}


SECURE = {"app": "monolith", "secure": "enabled"}


def test_a_service_that_no_pod_answers_is_refused_by_the_label_that_is_missing() -> None:
    with pytest.raises(SettingError) as error:
        select("monolith", service(selector=SECURE), workloads(monolith={"labels": {"app": "monolith"}}))
    assert error.value.consequence.endswith("The pods of monolith lack secure: enabled.")
    assert error.value.remedy.startswith("Add `secure: enabled` to the labels of monolith")


def test_the_workload_that_comes_nearest_is_the_one_that_is_named() -> None:
    known = workloads(hello={}, auth={"labels": {"secure": "enabled"}}, monolith={"labels": {"app": "monolith"}})
    with pytest.raises(SettingError, match="The pods of auth lack app: monolith"):
        select("monolith", service(selector=SECURE), known)


def test_of_two_workloads_that_lack_one_label_the_one_with_the_ports_is_named() -> None:
    tls = {"nginx": {"image": "example.com/nginx:1", "ports": {"https": 443}}}
    labels = {"app": "monolith"}
    known = workloads(monolith={"labels": labels}, secure={"labels": labels, "sidecars": tls})
    with pytest.raises(SettingError, match="The pods of secure lack secure: enabled"):
        select("monolith", service(selector=SECURE, ports={"https": 443}), known)


def test_a_label_with_another_value_is_missing_too() -> None:
    known = workloads(monolith={"labels": {"app": "monolith", "secure": "disabled"}})
    with pytest.raises(SettingError, match="lack secure: enabled"):
        select("monolith", service(selector=SECURE), known)


def test_a_service_of_no_workload_s_name_must_say_what_it_selects() -> None:
    with pytest.raises(SettingError, match="Select one of the workloads auth, hello"):
        select("frontend", service(), workloads(auth={}, hello={}))
    with pytest.raises(SettingError, match="Give it a workload"):
        select("frontend", service(), {})


def test_labels_select_all_pods_that_have_them() -> None:
    known = workloads(monolith={"labels": {**SECURE, "tier": "web"}}, hello={"port": 81})
    assert select("monolith", service(selector=SECURE), known) == (SECURE, {"http": 8000})


def test_without_a_selector_a_service_leads_to_the_workload_of_its_name() -> None:
    known = workloads(hello={}, auth={"port": 3000, "portName": "auth", "metricsPort": 9090})
    assert select("auth", service(), known) == ({"app.kubernetes.io/name": "auth"}, {"auth": 3000})


def test_ports_are_those_of_the_pods_and_their_sidecars_by_name() -> None:
    known = workloads(
        server={
            "port": 9000,
            "portName": "grpc",
            "ports": {"http-metrics": 9093},
            "sidecars": {"tls": {"image": "example.com/nginx:1", "ports": {"https": 443}}},
        }
    )
    stated = {"grpc": 9000, "http-metrics": 9093, "https": 8443}
    assert select("server", service(ports=stated), known).ports == stated
    with pytest.raises(SettingError, match="port web, but the pods of server have no port of this name") as error:
        select("server", service(ports={"web": 80}), known)
    assert "grpc, http-metrics, https" in error.value.remedy


def test_every_workload_that_is_selected_must_have_the_ports() -> None:
    known = workloads(
        blue={"labels": {"type": "webserver"}, "portName": "http-server"}, green={"labels": {"type": "webserver"}}
    )
    with pytest.raises(SettingError, match="the pods of green have no port"):
        select("webserver", service(selector={"type": "webserver"}), known)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"nodePorts": {"http": 31000}}, "not reached from outside"),
        ({"externalTraffic": "Local"}, "not reached from outside"),
        ({"type": "NodePort", "nodePorts": {"http": 8080}}, "30000"),
        ({"type": "NodePort", "ports": {"http": 80}, "nodePorts": {"https": 31000}}, "a port of its name"),
        ({"type": "NodePort", "nodePorts": {"http": 31000}}, "a port of its name"),
        ({"type": "ExternalName"}, "ClusterIP"),
        ({"selector": {"a b": "c"}}, "refuses such a label"),
        ({"ports": {"HTTP": 80}}, "refuses such a name of a port"),
    ],
)
def test_what_a_service_cannot_be_is_refused(stated: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as error:
        service(**stated)
    assert words in str(error.value)
