"""Rules of the whole graph, for every stack."""

import base64
import json
from typing import Any

import pytest

from app.main import app
from app.settings import Settings as AppSettings
from tests.unit import properties
from tests.unit.recording import CANARY, DIGEST, NEW_IMAGE, PROJECT, REPOSITORY, Recording, record_stack, stack_config


def test_default_providers_are_disabled_for_every_stack() -> None:
    assert 'pulumi:disable-default-providers:\n    value: ["*"]' in (REPOSITORY / "Pulumi.yaml").read_text()


def test_a_property_spelled_the_python_way_is_noticed() -> None:
    pod = {"containers": [{"name": "app", "readiness_probe": {}}]}
    deployment = {"spec": {"template": {"spec": pod}}}
    path = ".spec.template.spec.containers[0].readiness_probe"
    assert properties.unknown("kubernetes:apps/v1:Deployment", deployment) == [path]


def test_every_object_has_the_name_that_the_program_gives_it(stack: Recording) -> None:
    for each in stack.custom:
        if each.type.startswith("kubernetes:"):
            assert each.inputs["metadata"]["name"], f"{each.urn}: Pulumi would make up a name"


def test_the_service_is_gone_before_its_pods(stack: Recording) -> None:
    assert stack.one("Service").urn in stack.deleted_before(stack.one("Deployment"))


def test_the_health_path_of_readiness_load_balancer_and_app_is_one_value(stack: Recording) -> None:
    asked = {
        _container(stack)["readinessProbe"]["httpGet"]["path"],
        stack.one("BackendConfig").inputs["spec"]["healthCheck"]["requestPath"],
    }
    assert asked == {"/ping"}
    assert asked <= _routes()


def test_liveness_is_asked_where_the_app_answers_that_alone(stack: Recording) -> None:
    asked = _container(stack)["livenessProbe"]["httpGet"]["path"]
    assert asked == "/livez"
    assert asked in _routes()


def test_one_port_leads_from_the_load_balancer_to_the_app(stack: Recording) -> None:
    container = _container(stack)
    (port,) = stack.one("Service").inputs["spec"]["ports"]
    ports = {
        float(AppSettings.model_fields["port"].default),
        container["ports"][0]["containerPort"],
        container["readinessProbe"]["httpGet"]["port"],
        port["port"],
        port["targetPort"],
        stack.one("BackendConfig").inputs["spec"]["healthCheck"]["port"],
        stack.one("Ingress").inputs["spec"]["defaultBackend"]["service"]["port"]["number"],
    }
    assert ports == {8000}


def test_the_service_selects_the_pods(stack: Recording) -> None:
    labels = stack.one("Deployment").inputs["spec"]["template"]["metadata"]["labels"]
    assert stack.one("Service").inputs["spec"]["selector"].items() <= labels.items()


def test_the_image_is_deployed_by_digest(stack: Recording) -> None:
    assert _container(stack)["image"].endswith(f"@{DIGEST}")


def test_the_app_is_told_its_environment_and_nothing_else(dev: Recording) -> None:
    assert _container(dev)["env"] == [{"name": "ENVIRONMENT", "value": "dev"}]


def test_the_registry_token_is_only_ever_sent_as_a_secret(stack: Recording) -> None:
    login = stack.one("Secret").inputs["data"][".dockerconfigjson"]
    assert CANARY.encode() in base64.b64decode(login)
    sent = json.dumps([*(each.sealed for each in stack.registered), stack.outputs])
    assert CANARY not in sent
    assert login not in sent


def test_the_kubeconfig_is_secret_and_holds_no_credential(stack: Recording) -> None:
    (provider,) = [each for each in stack.registered if each.type == "pulumi:providers:kubernetes"]
    assert provider.sealed["kubeconfig"] == "[secret]"
    assert stack.outputs["kubeconfig"] == "[secret]"
    (user,) = json.loads(provider.inputs["kubeconfig"])["users"]
    assert user["user"]["exec"]["command"] == "gke-gcloud-auth-plugin"
    assert set(user["user"]) == {"exec"}


def test_nodes_may_pull_with_a_token_of_their_own() -> None:
    deployed = record_stack("dev", secrets={f"{PROJECT}:pullToken": "read-only-canary"})
    config = base64.b64decode(deployed.one("Secret").inputs["data"][".dockerconfigjson"])
    (login,) = json.loads(config)["auths"].values()
    assert login["password"] == "read-only-canary"
    assert deployed.one("Image").inputs["registry"]["password"] == CANARY


def test_a_first_preview_needs_nothing_from_the_cloud(stack: Recording) -> None:
    name = stack.registered[0].name.removeprefix(f"{PROJECT}-")
    preview = record_stack(name, preview=True, cloud={})
    assert {each.urn for each in preview.registered} == {each.urn for each in stack.registered}


def test_a_new_image_changes_the_deployment_alone(dev: Recording) -> None:
    preview = record_stack("dev", preview=True, cloud=NEW_IMAGE)
    before = {each.urn: each.inputs for each in dev.custom}
    changed = [each.type for each in preview.custom if each.inputs != before[each.urn]]
    assert changed == ["kubernetes:apps/v1:Deployment"]


def test_raising_the_replicas_changes_one_property(dev: Recording) -> None:
    stated = stack_config("dev")[f"{PROJECT}:workload"]
    more = record_stack("dev", {f"{PROJECT}:workload": {**stated, "replicas": 4}})
    before = {each.urn: each.inputs for each in dev.custom}
    (changed,) = [each for each in more.custom if each.inputs != before[each.urn]]
    assert changed.inputs["spec"].pop("replicas") == 4
    assert changed.inputs["spec"].items() <= before[changed.urn]["spec"].items()


def test_a_second_domain_leaves_the_certificate_of_the_first_alone(dev: Recording) -> None:
    two = record_stack("dev", {f"{PROJECT}:domains": ["app.example.com", "new.example.com"]})
    (first,) = dev.of("ManagedCertificate")
    same, _ = sorted(two.of("ManagedCertificate"), key=lambda each: each.name)
    assert (same.urn, same.inputs) == (first.urn, first.inputs)


def test_a_mistake_registers_no_resource() -> None:
    attempt = Recording({}, preview=False)
    with pytest.raises(Exception, match="nothing was changed"):
        record_stack("dev", {f"{PROJECT}:domains": []}, recording=attempt)
    assert [each.type for each in attempt.registered] == ["pulumi:pulumi:Stack"]


def _container(deployed: Recording) -> dict[str, Any]:
    (container,) = deployed.one("Deployment").inputs["spec"]["template"]["spec"]["containers"]
    return container


def _routes() -> set[str]:
    """Paths that the app answers."""
    return set(app.openapi()["paths"])
