"""The cluster's DNS is the one of GKE: what policies and pods know of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.network_policy import NetworkPolicy
from sandbox.addresses import SERVICES
from sandbox.cluster import configuration, dns
from sandbox.cluster.pki import Pki
from sandbox.home import Home
from settings.workload import WorkloadSettings
from tests.unit.recording import record


def objects() -> dict[str, dict[str, Any]]:
    """Its objects by kind; there is one of each."""
    found = list(yaml.safe_load_all(dns.manifests("localhost/pause:1", Path("/cache/a program"))))
    assert len({each["kind"] for each in found}) == len(found)
    return {each["kind"]: each for each in found}


def test_pods_ask_the_service_of_the_cluster(home: Home) -> None:
    kubelet: dict[str, Any] = configuration.kubelet(home.root, Pki(home), Path("/s"))
    address = objects()["Service"]["spec"]["clusterIP"]
    assert kubelet["clusterDNS"] == [address]
    assert address == str(SERVICES[10])


def test_the_egress_that_every_workload_has_leads_to_its_pods() -> None:
    workloads = {"app": WorkloadSettings.model_validate_json(json.dumps({}))}
    recorded = record(lambda: NetworkPolicy("n", {"namespace": "ns", "workloads": workloads}))
    (default,) = [each for each in recorded.of("NetworkPolicy") if each.inputs["metadata"]["name"] == "default"]
    rule = default.inputs["spec"]["egress"][0]
    (expression,) = rule["to"][0]["podSelector"]["matchExpressions"]
    labels = objects()["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert labels[expression["key"]] in expression["values"]
    assert labels == objects()["Service"]["spec"]["selector"]
    assert objects()["Deployment"]["metadata"]["namespace"] == "kube-system"


def test_its_container_runs_the_nodes_program_in_an_image_that_the_node_holds() -> None:
    pod = objects()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "localhost/pause:1"
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    paths = {volume["name"]: volume.get("hostPath", {}).get("path") for volume in pod["volumes"]}
    assert mounts["program"] == container["command"][0]
    assert paths["program"] == "/cache/a program"


@pytest.mark.parametrize(
    ("resolv_conf", "asked"),
    [
        (
            "# nameserver 192.0.2.9\nnameserver 192.0.2.1\nsearch example.com\nnameserver 192.0.2.2\n",
            "192.0.2.1 192.0.2.2",
        ),
        ("nameserver 127.0.0.53\nnameserver 192.0.2.1\n", "192.0.2.1"),
        ("nameserver 2001:db8::1\nnameserver 192.0.2.1\n", "192.0.2.1"),
    ],
    ids=["all of them", "none on loopback", "none of IPv6"],
)
def test_names_outside_the_cluster_are_asked_of_those_of_the_machines_servers_that_a_pod_reaches(
    resolv_conf: str, asked: str
) -> None:
    assert f"forward . {asked}\n" in dns.corefile(resolv_conf)


def test_a_machine_without_a_name_server_has_the_clusters_names_alone() -> None:
    assert "forward" not in dns.corefile("")
