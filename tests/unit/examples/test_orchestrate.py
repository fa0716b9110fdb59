"""The rules of orchestrate: what each stage adds, and what may lead where."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
import yaml

from tests.unit.examples.systems import deployed, directory, recorded
from tests.unit.recording import Recording

WORKLOADS = [["nginx"], ["monolith"], ["secure-monolith"], ["auth", "frontend", "hello"]]
SERVICES = [["nginx"], [], ["monolith"], ["auth", "frontend", "hello"]]
IMAGES = [[], ["monolith"], [], ["auth", "hello"]]
"""What each stage adds."""


@pytest.fixture
def orchestrate() -> Recording:
    return deployed("orchestrate")


def stated(key: str) -> Any:
    """A key of the stack file."""
    return yaml.safe_load((directory("orchestrate") / "Pulumi.dev.yaml").read_text())["config"][f"orchestrate:{key}"]


def inputs(graph: Recording, kind: str, name: str) -> dict[str, Any]:
    (found,) = [each.inputs for each in graph.of(kind) if each.inputs["metadata"]["name"] == name]
    return found


def upto(stage: int, added: list[list[str]]) -> list[str]:
    return sorted(name for each in added[: stage + 1] for name in each)


@pytest.mark.parametrize("stage", range(4))
def test_each_stage_adds_to_those_before_it(stage: int) -> None:
    graph = recorded("orchestrate", stage=str(stage))
    assert sorted(each.name for each in graph.of("Deployment")) == upto(stage, WORKLOADS)
    assert sorted(each.name for each in graph.of("Service")) == upto(stage, SERVICES)
    assert sorted(each.name for each in graph.of("Image")) == upto(stage, IMAGES)
    assert len(graph.of("Firewall")) == (stage >= 2)
    policies = {each.inputs["metadata"]["name"] for each in graph.of("NetworkPolicy")}
    assert policies - {"default", "frontend-egress"} == {*upto(stage, WORKLOADS)}


def test_the_monolith_behind_tls_is_the_same_image_with_a_sidecar(orchestrate: Recording) -> None:
    plain, secure = (inputs(orchestrate, "Deployment", name) for name in ("monolith", "secure-monolith"))
    (app,), (secured,) = (each["spec"]["template"]["spec"]["containers"] for each in (plain, secure))
    assert app["image"] == secured["image"]
    assert [each["name"] for each in app["env"]] == [each["name"] for each in secured["env"]]
    (sidecar,) = secure["spec"]["template"]["spec"]["initContainers"]
    assert sidecar["restartPolicy"] == "Always"
    assert sidecar["ports"] == [{"name": "https", "containerPort": 443, "protocol": "TCP"}]
    assert {"/etc/nginx/conf.d", "/etc/tls"} <= {each["mountPath"] for each in sidecar["volumeMounts"]}
    assert "/etc/tls" not in {each["mountPath"] for each in secured["volumeMounts"]}


def test_the_node_port_leads_to_pods_with_both_labels_and_the_firewall_lets_it_through(orchestrate: Recording) -> None:
    spec = inputs(orchestrate, "Service", "monolith")["spec"]
    assert (spec["type"], spec["selector"]) == ("NodePort", {"app": "monolith", "secure": "enabled"})
    (port,) = spec["ports"]
    assert (port["port"], port["targetPort"], port["nodePort"]) == (443, "https", 31000)
    firewall = orchestrate.one("Firewall")
    assert firewall.inputs["name"] == "io-dev-monolith-nodeport", "another environment in the project has its own"
    assert firewall.inputs["allows"] == [{"protocol": "tcp", "ports": ["31000"]}]
    assert firewall.inputs["network"] == "network-id"
    assert firewall.urn in orchestrate.deleted_before(orchestrate.one("Network"))


def test_each_of_the_microservices_is_one_pod_and_only_the_frontend_has_an_address(orchestrate: Recording) -> None:
    for name in ("auth", "hello", "frontend"):
        assert inputs(orchestrate, "Deployment", name)["spec"]["replicas"] == 1
    types = {name: inputs(orchestrate, "Service", name)["spec"]["type"] for name in ("auth", "hello", "frontend")}
    assert types == {"auth": "ClusterIP", "hello": "ClusterIP", "frontend": "LoadBalancer"}
    assert inputs(orchestrate, "Service", "frontend")["spec"]["ports"][0]["port"] == 443


def test_the_hosts_that_nginx_resolves_at_its_start_are_there_before_it(orchestrate: Recording) -> None:
    (frontend,) = [each for each in orchestrate.of("Deployment") if each.name == "frontend"]
    services = {each.name: each for each in orchestrate.of("Service")}
    conf = inputs(orchestrate, "ConfigMap", "nginx-frontend-conf")["data"]["frontend.conf"]
    for host in ("auth", "hello"):
        assert f"proxy_pass http://{host};" in conf
        assert frontend.urn in orchestrate.deleted_before(services[host])


def test_who_only_verifies_tokens_does_not_know_the_password(orchestrate: Recording) -> None:
    def variables(name: str) -> set[str]:
        (container,) = inputs(orchestrate, "Deployment", name)["spec"]["template"]["spec"]["containers"]
        return {each["name"] for each in container["env"]}

    assert variables("hello") == {"JWT_SECRET"}
    assert variables("auth") == variables("monolith") == {"JWT_SECRET", "USERNAME", "PASSWORD"}
    assert variables("frontend") == set()


def test_the_readme_quotes_what_the_missing_label_is_told_with() -> None:
    (config,) = [config for id_, config, _ in mistakes() if id_ == "label"]
    with pytest.raises(pulumi.RunError) as error:
        recorded("orchestrate", **config)
    readme = " ".join((directory("orchestrate") / "README.md").read_text().split())
    (told,) = [line.strip() for line in str(error.value).splitlines() if "lack secure" in line]
    assert told in readme


def mistakes() -> Iterator[tuple[str, dict[str, Any], str]]:
    workloads, services = stated("workloads"), stated("services")
    labels = {"labels": {"app": "monolith"}}
    unlabelled = {**workloads, "secure-monolith": {**workloads["secure-monolith"], **labels}}
    yield "label", {"workloads": unlabelled}, "pods of secure-monolith lack secure: enabled"
    yield "port", {"services": {**services, "auth": {"ports": {"https": 443}}}}, "pods of auth have no port"
    yield "gone", {"workloads": {k: v for k, v in workloads.items() if k != "hello"}}, "hello"
    yield "stage", {"stage": "4"}, "at most 3"


@pytest.mark.parametrize(("config", "words"), [pytest.param(*rest, id=id_) for id_, *rest in mistakes()])
def test_a_mistake_is_told_before_anything_is_registered(config: dict[str, Any], words: str) -> None:
    with pytest.raises(pulumi.RunError, match="nothing was changed") as error:
        recorded("orchestrate", **config)
    assert words in str(error.value)
