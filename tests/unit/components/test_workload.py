"""Pods are restricted, and come and go without a failed request."""

import re
from typing import Any

import pytest

from components.workload import Workload
from settings.workload import WorkloadSettings
from tests.unit.recording import REPOSITORY, Recording, record


def deployed(**settings: Any) -> Recording:
    return record(
        lambda: Workload(
            "w",
            {
                "name": "app",
                "namespace": "space",
                "image": "ghcr.io/example/app@sha256:0",
                "pull_secret": "regcred",
                "environment": {"ENVIRONMENT": "dev"},
                "workload": WorkloadSettings.model_validate(settings),
            },
        )
    )


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


def test_only_tmp_is_writable_and_it_is_bounded() -> None:
    (volume,) = pod()["volumes"]
    assert volume == {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}
    assert container()["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]


def test_the_pod_holds_no_credential_for_kubernetes() -> None:
    assert pod()["automountServiceAccountToken"] is False
    account = deployed().one("ServiceAccount")
    assert account.inputs["automountServiceAccountToken"] is False
    assert pod()["serviceAccountName"] == account.inputs["metadata"]["name"]


def test_nothing_the_container_uses_is_unbounded() -> None:
    resources = container()["resources"]
    assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory", "ephemeral-storage"}


def test_a_rollout_never_has_fewer_pods_than_before() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    assert spec()["strategy"] == strategy


@pytest.mark.parametrize("drain", [1, 25, 60])
def test_one_number_says_how_long_pods_come_and_go(drain: int) -> None:
    assert spec(drainSeconds=drain)["minReadySeconds"] == drain
    assert container(drainSeconds=drain)["lifecycle"] == {"preStop": {"sleep": {"seconds": drain}}}
    assert pod(drainSeconds=drain)["terminationGracePeriodSeconds"] >= 2 * drain


def test_by_default_the_app_has_time_to_answer_what_it_has_accepted() -> None:
    graceful = re.search(r"--timeout-graceful-shutdown=(\d+)", (REPOSITORY / "app" / "Dockerfile").read_text())
    assert graceful is not None
    left = pod()["terminationGracePeriodSeconds"] - container()["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert left > int(graceful[1])


def test_the_timeout_bounds_pulumi_and_kubernetes_alike() -> None:
    deployment = deployed(timeoutSeconds=90).one("Deployment")
    assert deployment.inputs["spec"]["progressDeadlineSeconds"] == 90
    assert deployment.request.customTimeouts.create == deployment.request.customTimeouts.update == "90s"
