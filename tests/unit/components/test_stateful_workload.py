"""Data outlives a pod, goes with the stack, and is never left to root."""

import json
from typing import Any

import pulumi
import pytest
import yaml
from pydantic import ValidationError

from components.stateful_workload import StatefulWorkload
from settings.stateful import StatefulSettings
from tests.unit.recording import REPOSITORY, Recording, record

MONGO: dict[str, Any] = {
    "image": "docker.io/library/mongo:8.0.4",
    "port": 27017,
    "portName": "mongo",
    "arguments": ["--dbpath=/data/db"],
    "storage": {"path": "/data/db", "size": "2Gi"},
}


def deployed(**stated: Any) -> Recording:
    settings = StatefulSettings.model_validate_json(json.dumps({**MONGO, **stated}))

    def program() -> None:
        mongo = StatefulWorkload(
            "m", {"name": "review-mongo", "namespace": "ns", "image": settings.image, "stateful": settings}
        )
        uri = pulumi.Output.concat("mongodb://", mongo.name, ":27017/review")
        pulumi.CustomResource("test:index:Probe", "probe", {"uri": uri})

    return record(program)


def spec(**stated: Any) -> dict[str, Any]:
    return deployed(**stated).one("StatefulSet").inputs["spec"]


@pytest.mark.parametrize(("keep", "policy"), [(False, "Delete"), (True, "Retain")])
def test_the_disk_goes_with_its_stateful_set_unless_the_stack_keeps_it(keep: bool, policy: str) -> None:
    storage = {**MONGO["storage"], "keep": keep}
    assert spec(storage=storage)["persistentVolumeClaimRetentionPolicy"] == {
        "whenDeleted": policy,
        "whenScaled": policy,
    }


@pytest.mark.parametrize("like", ["standard-rwo", "premium-rwo"])
def test_a_disk_that_is_kept_outlives_its_claim_and_differs_in_nothing_else(like: str) -> None:
    recorded = deployed(storage={**MONGO["storage"], "keep": True, "storageClass": like})
    made, stateful = recorded.one("StorageClass"), recorded.one("StatefulSet")
    served = yaml.safe_load_all((REPOSITORY / "sandbox/cluster/objects/storage.yaml").read_text())
    (gke,) = [each for each in served if each["metadata"]["name"] == like]
    same = ("provisioner", "parameters", "volumeBindingMode")
    assert {key: made.inputs[key] for key in same} == {key: gke[key] for key in same}
    assert made.inputs["reclaimPolicy"] == "Retain", "the claim goes with the namespace, the disk must not"
    (claim,) = stateful.inputs["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == made.inputs["metadata"]["name"]
    assert stateful.urn in recorded.deleted_before(made)


def test_classes_of_two_stacks_in_one_cluster_have_names_of_their_own() -> None:
    """A namespace has no dot in its name."""
    kept = deployed(storage={**MONGO["storage"], "keep": True})
    assert kept.one("StorageClass").inputs["metadata"]["name"] == "ns.review-mongo"
    assert deployed().of("StorageClass") == []


def test_a_class_that_is_not_gke_s_own_is_not_promised_to_keep_disks() -> None:
    with pytest.raises(ValidationError, match="give your own class reclaimPolicy Retain"):
        deployed(storage={**MONGO["storage"], "keep": True, "storageClass": "fast"})


def test_the_disk_belongs_to_the_group_of_a_process_that_is_not_root() -> None:
    context = spec()["template"]["spec"]["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["fsGroup"] == context["runAsGroup"] == 10001


def test_a_sidecar_does_not_see_the_disk() -> None:
    (sidecar,) = spec(sidecars={"exporter": {"image": "example.com/exporter:1"}})["template"]["spec"]["initContainers"]
    assert [mount["name"] for mount in sidecar["volumeMounts"]] == ["tmp"]


def test_whoever_needs_it_has_its_host_name_once_it_serves() -> None:
    recorded = deployed()
    service, stateful = recorded.one("Service"), recorded.one("StatefulSet")
    assert recorded.one("Probe").inputs["uri"] == "mongodb://review-mongo:27017/review"
    assert service.urn in recorded.one("Probe").needs
    assert stateful.urn in service.needs
    assert (
        service.inputs["spec"]["selector"].items() <= stateful.inputs["spec"]["template"]["metadata"]["labels"].items()
    )
    assert stateful.inputs["spec"]["serviceName"] == service.inputs["metadata"]["name"]
    assert service.inputs["spec"]["ports"] == [
        {"name": "mongo", "port": 27017, "targetPort": "mongo", "protocol": "TCP"}
    ]
