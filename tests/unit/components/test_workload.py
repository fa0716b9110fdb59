"""Pods are restricted, and come and go without a failed request."""

import json
import re
from typing import Any

import pulumi_kubernetes as k8s
import pytest

from app.server import GRACEFUL_SHUTDOWN
from app.settings import Settings
from components.pod import PodArgs
from components.workload import Workload
from settings.workload import WorkloadSettings
from tests.unit.recording import REPOSITORY, Recording, record


def deployed(migrated_by: str | None = None, **settings: Any) -> Recording:
    pod: PodArgs = {
        "namespace": "space",
        "image": "ghcr.io/example/app@sha256:0",
        "pull_secret": "regcred",
        "account": "app",
        "environment": {"ENVIRONMENT": "dev"},
        "sources": [k8s.core.v1.EnvFromSourceArgs(config_map_ref=k8s.core.v1.ConfigMapEnvSourceArgs(name="app-0"))],
        "priority": "urgent",
        "workload": WorkloadSettings.model_validate_json(json.dumps(settings)),
    }
    return record(lambda: Workload("w", {**pod, "name": "app", "migration": migrated_by}))


def spec(**settings: Any) -> dict[str, Any]:
    return deployed(**settings).one("Deployment").inputs["spec"]


def pod(**settings: Any) -> dict[str, Any]:
    return spec(**settings)["template"]["spec"]


def container(**settings: Any) -> dict[str, Any]:
    (only,) = pod(**settings)["containers"]
    return only


def test_the_process_is_nobody_and_can_become_nobody_else() -> None:
    assert pod()["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_user_is_the_one_that_the_image_is_made_for() -> None:
    assert re.search(r"^USER 10001:10001$", (REPOSITORY / "app" / "Dockerfile").read_text(), re.M)


def test_the_pod_holds_no_credential_for_kubernetes() -> None:
    assert pod()["automountServiceAccountToken"] is False
    assert pod()["serviceAccountName"] == "app"


def test_nothing_the_container_uses_is_unbounded() -> None:
    resources = container()["resources"]
    assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory", "ephemeral-storage"}


def test_a_rollout_never_has_fewer_pods_than_before() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}
    assert spec()["strategy"] == strategy


@pytest.mark.parametrize("drain", [1, 25, 60])
def test_one_number_says_how_long_pods_come_and_go(drain: int) -> None:
    assert spec(drainSeconds=drain, traffic={"exposure": "none"})["minReadySeconds"] == drain
    assert container(drainSeconds=drain)["lifecycle"] == {"preStop": {"sleep": {"seconds": drain}}}


@pytest.mark.parametrize("drain", [1, 3, 25, 60])
def test_the_app_has_time_to_answer_what_it_has_accepted(drain: int) -> None:
    needed = Settings.model_fields["drain_seconds"].default + GRACEFUL_SHUTDOWN
    assert pod(drainSeconds=drain)["terminationGracePeriodSeconds"] - drain > needed


def test_an_autoscaler_alone_decides_the_number_of_pods() -> None:
    fixed = deployed(replicas=3).one("Deployment")
    assert (fixed.inputs["spec"]["replicas"], list(fixed.request.ignoreChanges)) == (3, [])
    assert list(deployed(scaling={"maximum": 5}).one("Deployment").request.ignoreChanges) == ["spec.replicas"]


def test_turning_an_autoscaler_on_keeps_the_pods_that_there_are() -> None:
    """Server-side apply sets a field that is no longer stated to its default, one pod; an ignored one it leaves."""
    assert spec(scaling={"minimum": 3, "maximum": 5})["replicas"] == 3


def test_a_slow_start_is_waited_for_by_a_probe_of_its_own() -> None:
    probe = container(startup={"failureThreshold": 60})["startupProbe"]
    assert probe["httpGet"] == container()["livenessProbe"]["httpGet"]
    assert probe["failureThreshold"] * probe["periodSeconds"] == 120
    assert "startupProbe" not in container()


def test_a_port_below_1024_needs_no_root() -> None:
    tls = {"tls": {"image": "example.com/nginx:1.27", "ports": {"https": 443}}}
    for stated in ({"port": 80}, {"ports": {"https": 443}}, {"sidecars": tls}):
        context = pod(**stated)["securityContext"]
        assert context["sysctls"] == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
        assert context["runAsNonRoot"] is True
    assert "sysctls" not in pod()["securityContext"]


def test_labels_are_the_pods_alone_and_the_deployment_finds_them_as_ever() -> None:
    labelled = deployed(labels={"app": "monolith", "secure": "enabled"}).one("Deployment").inputs
    assert labelled["spec"]["template"]["metadata"]["labels"] == {
        "app": "monolith",
        "secure": "enabled",
        "app.kubernetes.io/name": "app",
    }
    plain = deployed().one("Deployment").inputs
    assert (labelled["spec"]["selector"], labelled["metadata"]) == (plain["spec"]["selector"], plain["metadata"])


def test_the_pods_change_only_after_the_migration() -> None:
    annotations = deployed(migrated_by="migration-1").one("Deployment").inputs["metadata"]["annotations"]
    assert annotations["gke-webapp/migrated-by"] == "migration-1"
    assert "annotations" not in deployed().one("Deployment").inputs["metadata"]


@pytest.mark.parametrize("settings", [{"replicas": 2}, {"scaling": {"maximum": 5}}])
def test_what_others_changed_is_a_conflict_and_not_overwritten(settings: dict[str, Any]) -> None:
    """`pulumi.com/patchForce` would override every field that anybody else has set, not the number of pods alone."""
    assert "annotations" not in deployed(**settings).one("Deployment").inputs["metadata"]


def test_a_migration_alone_restarts_no_pod() -> None:
    assert spec(migration={"command": ["true"]}) == spec()
    assert deployed(migrated_by="migration-1").one("Deployment").inputs["spec"] == spec()


BESIDE: dict[str, Any] = {
    "sidecars": {"proxy": {"image": "example.com/proxy:2.1", "arguments": ["--port=5432"]}},
    "initContainers": {"warm": {"image": "example.com/warm:1.0", "command": ["warm"], "variables": {"A": "1"}}},
    "volumes": {"cache": {"path": "/var/cache", "size": "1Gi"}},
}


def test_sidecars_start_before_and_end_after_everything_else() -> None:
    proxy, warm = pod(**BESIDE)["initContainers"]
    assert (proxy["name"], proxy["restartPolicy"], proxy["args"]) == ("proxy", "Always", ["--port=5432"])
    assert (warm["name"], warm["command"], warm["env"]) == ("warm", ["warm"], [{"name": "A", "value": "1"}])
    assert "restartPolicy" not in warm
    assert "initContainers" not in pod()


def test_all_containers_of_a_pod_are_equally_restricted_and_bounded() -> None:
    for each in pod(**BESIDE)["initContainers"]:
        assert each["securityContext"] == container()["securityContext"]
        assert each["resources"]["limits"].keys() == container()["resources"]["limits"].keys()


def test_volumes_are_bounded_and_shared_by_all_containers() -> None:
    declared = pod(**BESIDE)
    assert declared["volumes"][1] == {"name": "cache", "emptyDir": {"sizeLimit": "1Gi"}}
    for each in (*declared["initContainers"], *declared["containers"]):
        assert {"name": "cache", "mountPath": "/var/cache"} in each["volumeMounts"]
