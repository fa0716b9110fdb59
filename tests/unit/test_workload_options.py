"""Everything that a workload can have, at once, keeps the rules of the graph."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.recording import CLOUD, NEW_IMAGE, PROJECT, Recording, record_stack

CANARY = "postgres://app:canary-value@db"

EVERYTHING: dict[str, Any] = {
    "scaling": {"minimum": 2, "maximum": 8},
    "disruption": {"minAvailable": 1},
    "priority": 1000,
    "metricsPort": 9090,
    "variables": {"LOG_LEVEL": "info"},
    "podFields": {"POD_NAME": "metadata.name"},
    "googleRoles": ["roles/storage.objectViewer"],
    "migration": {"command": ["migrate"]},
    "cronJobs": {"report": {"command": ["report"], "schedule": "@daily"}},
    "sidecars": {"proxy": {"image": "example.com/proxy:1.0"}},
    "initContainers": {"warm": {"image": "example.com/warm:1.0"}},
    "volumes": {"cache": {"path": "/var/cache", "size": "64Mi"}},
    "traffic": {"egress": [{"range": "10.20.0.0/16", "ports": [5432]}]},
}


ACCOUNT = {
    "gcp:serviceaccount/account:Account": {
        "name": "projects/example-project/serviceAccounts/some@example.com",
        "email": "some@example.com",
        "member": "serviceAccount:some@example.com",
    }
}


def deployed(cloud: Mapping[str, Any] = CLOUD, **options: Any) -> Recording:
    secrets = {f"{PROJECT}:secretVariables": json.dumps({"DATABASE_URL": CANARY})}
    cloud = cloud and {**cloud, **ACCOUNT}
    return record_stack("dev", {f"{PROJECT}:workload": EVERYTHING}, secrets, cloud=cloud, **options)


@pytest.fixture(scope="module")
def full() -> Recording:
    return deployed()


def test_every_kubernetes_object_is_gone_before_the_nodes(full: Recording) -> None:
    objects = {each.urn for each in full.custom if each.type.startswith("kubernetes:")}
    assert objects <= full.deleted_before(full.one("NodePool"))


def test_what_pods_refer_to_exists_before_them_and_as_long_as_they(full: Recording) -> None:
    for kind in ("ConfigMap", "Secret", "ServiceAccount", "PriorityClass", "Job"):
        for each in full.of(kind):
            assert full.one("Deployment").urn in full.deleted_before(each), each.urn
    for kind in ("ConfigMap", "Secret", "ServiceAccount", "PriorityClass"):
        for each in full.of(kind):
            assert {full.one("Job").urn, full.one("CronJob").urn} <= full.deleted_before(each), each.urn


def test_secret_variables_are_only_ever_sent_as_secrets(full: Recording) -> None:
    sent = json.dumps([*(each.sealed for each in full.registered), full.outputs])
    assert "canary-value" not in sent
    assert base64.b64encode(CANARY.encode()).decode() not in sent


def test_a_first_preview_needs_nothing_from_the_cloud(full: Recording) -> None:
    assert {each.urn for each in deployed(preview=True, cloud={}).registered} == {each.urn for each in full.registered}


def test_a_new_image_changes_what_runs_it_and_nothing_else(full: Recording) -> None:
    before = {each.urn: each.inputs for each in full.custom}
    preview = deployed(preview=True, cloud=NEW_IMAGE)
    changed = {each.type.rpartition(":")[2] for each in preview.custom if each.inputs != before[each.urn]}
    assert changed == {"Job", "CronJob", "Deployment"}


def test_every_pod_selects_the_arm_nodes_that_its_image_is_built_for() -> None:
    """GKE taints them, and tolerates only pods that select them."""
    image = {"repository": "ghcr.io/example/app", "platform": "linux/arm64"}
    cluster = {"deletionProtection": False, "nodePools": {"arm": {"machineType": "t2a-standard-1"}}}
    config = {f"{PROJECT}:{key}": value for key, value in (("image", image), ("cluster", cluster))}
    graph = record_stack("dev", {**config, f"{PROJECT}:workload": EVERYTHING}, cloud={**CLOUD, **ACCOUNT})
    specs = [each.inputs["spec"] for kind in ("Deployment", "Job", "CronJob") for each in graph.of(kind)]
    pods = [spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"] for spec in specs]
    assert [pod["nodeSelector"] for pod in pods] == [{"kubernetes.io/arch": "arm64"}] * 3


def test_nothing_is_made_that_is_not_configured(dev: Recording) -> None:
    container = dev.one("Deployment").inputs["spec"]["template"]["spec"]["containers"][0]
    assert "envFrom" not in container
    assert {each.type for each in dev.custom if "serviceaccount/iAMMember" in each.type} == set()
