"""What pods refer to exists, by object and by key, and pods roll when it changes."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.config_map import ConfigMap
from components.config_object import ConfigObject, ConfigObjectArgs, digest
from components.secret import Secret
from components.workload import Workload
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record

CANARY = "key-canary-0123456789"
SIDECAR = {"sidecars": {"nginx": {"image": "example.com/nginx:1.27"}}}


def deployed(
    use: Callable[[ConfigObject, ConfigObject], dict[str, Any]], *, exact: bool = False, key: str = CANARY
) -> Recording:
    """A pod that uses the ConfigMap `projectid` and the Secret `apikey` as `use` says."""

    def program() -> None:
        plain: ConfigObjectArgs = {
            "name": "projectid",
            "namespace": "ns",
            "data": {"project.id": "demo"},
            "exact_name": exact,
        }
        secret: ConfigObjectArgs = {
            "name": "apikey",
            "namespace": "ns",
            "data": {"id": "me", "key": key},
            "exact_name": exact,
        }
        used = use(ConfigMap("p", plain), Secret("a", secret))
        workload = WorkloadSettings.model_validate_json(json.dumps(SIDECAR))
        args: Any = {"name": "app", "namespace": "ns", "image": "x:1", "workload": workload, **used}
        Workload("w", args)

    return record(program)


def variables(config: ConfigObject, secret: ConfigObject) -> dict[str, Any]:
    return {"environment": {"PROJECT_ID": config.variable("project.id"), "SECRET_KEY": secret.variable("key")}}


def template(recorded: Recording) -> dict[str, Any]:
    return recorded.one("Deployment").inputs["spec"]["template"]


def name(recorded: Recording, kind: str) -> str:
    return recorded.one(kind).inputs["metadata"]["name"]


@pytest.mark.parametrize("exact", [True, False])
def test_a_variable_is_one_key_of_an_object_that_is_made(exact: bool) -> None:
    recorded = deployed(variables, exact=exact)
    config = {"name": name(recorded, "ConfigMap"), "key": "project.id"}
    secret = {"name": name(recorded, "Secret"), "key": "key"}
    assert template(recorded)["spec"]["containers"][0]["env"] == [
        {"name": "PROJECT_ID", "valueFrom": {"configMapKeyRef": config}},
        {"name": "SECRET_KEY", "valueFrom": {"secretKeyRef": secret}},
    ]
    assert {recorded.one(kind).urn for kind in ("ConfigMap", "Secret")} <= recorded.one("Deployment").needs


def test_a_reference_to_a_key_that_is_not_there_cannot_be_written() -> None:
    with pytest.raises(pulumi.RunError, match=r"ConfigMap projectid has no key projectid, .* Its keys are project\.id"):
        deployed(lambda config, _: {"environment": {"PROJECT_ID": config.variable("projectid")}})
    with pytest.raises(pulumi.RunError, match=r"Secret apikey has no key token, .* Its keys are id, key"):
        deployed(lambda _, secret: {"mounts": [secret.files("/etc/keys", keys=["token"])]})


@pytest.mark.parametrize("exact", [True, False])
def test_a_changed_value_rolls_the_pods_whatever_the_object_is_called(exact: bool) -> None:
    one, same, other = (template(deployed(variables, exact=exact, key=key)) for key in ("x", "x", "y"))
    assert one == same != other


def test_an_object_named_by_its_content_is_immutable_and_stays_until_the_pods_have_left_it() -> None:
    recorded = deployed(variables)
    for kind in ("ConfigMap", "Secret"):
        assert recorded.one(kind).inputs["immutable"] is True
        assert not recorded.one(kind).request.deleteBeforeReplace
    assert name(recorded, "ConfigMap") == f"projectid-{digest({'project.id': 'demo'})}"
    assert "annotations" not in template(recorded)["metadata"]


def test_an_exact_name_is_the_name_and_pods_are_told_of_the_content_by_an_annotation() -> None:
    recorded = deployed(variables, exact=True)
    assert (name(recorded, "ConfigMap"), name(recorded, "Secret")) == ("projectid", "apikey")
    assert template(recorded)["metadata"]["annotations"] == {
        "checksum/projectid": digest({"project.id": "demo"}),
        "checksum/apikey": digest({"id": "me", "key": CANARY}),
    }
    for kind in ("ConfigMap", "Secret"):
        assert recorded.one(kind).request.deleteBeforeReplace


@pytest.mark.parametrize("exact", [True, False])
def test_what_a_secret_holds_is_only_ever_sent_as_a_secret(exact: bool) -> None:
    recorded = deployed(variables, exact=exact)
    assert base64.b64decode(recorded.one("Secret").inputs["data"]["key"]).decode() == CANARY
    sent = json.dumps([each.sealed for each in recorded.registered])
    assert CANARY not in sent
    assert base64.b64encode(CANARY.encode()).decode() not in sent


def test_files_are_seen_by_the_containers_that_are_named_and_can_be_written_by_none() -> None:
    recorded = deployed(
        lambda config, secret: {
            "mounts": [config.files("/etc/project"), secret.files("/etc/keys", ["nginx"], keys=["key"])]
        }
    )
    spec = template(recorded)["spec"]
    assert spec["volumes"][1:] == [
        {"name": "projectid-0", "configMap": {"name": name(recorded, "ConfigMap")}},
        {
            "name": "apikey-1",
            "secret": {"secretName": name(recorded, "Secret"), "items": [{"key": "key", "path": "key"}]},
        },
    ]
    project = {"name": "projectid-0", "mountPath": "/etc/project", "readOnly": True}
    keys = {"name": "apikey-1", "mountPath": "/etc/keys", "readOnly": True}
    assert spec["containers"][0]["volumeMounts"][1:] == [project]
    assert spec["initContainers"][0]["volumeMounts"][1:] == [project, keys]


def test_one_object_can_be_mounted_twice_with_other_keys() -> None:
    recorded = deployed(
        lambda _, secret: {"mounts": [secret.files("/a", keys=["id"]), secret.files("/b", ["nginx"], keys=["key"])]}
    )
    _, first, second = template(recorded)["spec"]["volumes"]
    assert first["name"] != second["name"]
    assert [each["secret"]["items"][0]["key"] for each in (first, second)] == ["id", "key"]


def test_files_for_a_container_that_the_pod_does_not_have_are_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r"into ngnix, .* Name one of app, nginx"):
        deployed(lambda config, _: {"mounts": [config.files("/etc/nginx", ["ngnix"])]})


@pytest.mark.parametrize(
    ("keys", "kind"), [(("tls.crt", "tls.key"), "kubernetes.io/tls"), (("tls.crt",), None), (("id", "key"), None)]
)
def test_a_certificate_and_its_key_are_a_secret_of_the_type_for_it(keys: tuple[str, ...], kind: str | None) -> None:
    recorded = record(lambda: Secret("s", {"name": "s", "namespace": "ns", "data": dict.fromkeys(keys, "x")}))
    assert recorded.one("Secret").inputs.get("type") == kind


@pytest.mark.parametrize("key", ["", ".", "..", "a b", "a/b", "k" * 254])
def test_a_key_that_kubernetes_refuses_is_refused(key: str) -> None:
    with pytest.raises(pulumi.RunError, match="ConfigMap files has the key"):
        record(lambda: ConfigMap("c", {"name": "files", "namespace": "ns", "data": {key: "x"}}))
