"""The GKE cluster and its nodes."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any, TypedDict

import pulumi

from settings.cluster import ClusterSettings
from settings.google import GoogleSettings
from settings.naming import node_pool, pods_range, services_range


class ClusterArgs(TypedDict):
    """`nat` lets the nodes out to the internet; `node_account` is the e-mail address of their identity."""

    name: str
    google: GoogleSettings
    cluster: ClusterSettings
    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    nat: pulumi.Resource
    node_account: pulumi.Input[str]


class Cluster(pulumi.ComponentResource):
    """A Standard cluster with private nodes, Workload Identity, Dataplane V2 and one autoscaled node pool."""

    name: pulumi.Output[str]
    """Known once there are nodes, so that whatever needs them is created after and deleted before them."""
    identifier: pulumi.Output[str]
    """Changes exactly when the cluster is replaced."""
    endpoint: pulumi.Output[dict[str, str]]
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:cluster:Cluster", name, None, opts)
        google, settings, nodes = args["google"], args["cluster"], args["cluster"].nodes

        cluster = pulumi.CustomResource(
            "gcp:container/cluster:Cluster",
            name,
            {
                "name": args["name"],
                "location": google.location,
                "nodeLocations": google.node_locations or None,
                "network": args["network"],
                "subnetwork": args["subnetwork"],
                "networkingMode": "VPC_NATIVE",
                "ipAllocationPolicy": {
                    "clusterSecondaryRangeName": pods_range(args["name"]),
                    "servicesSecondaryRangeName": services_range(args["name"]),
                },
                "datapathProvider": "ADVANCED_DATAPATH",
                "privateClusterConfig": {"enablePrivateNodes": True},
                **_control_plane(settings.authorized_networks),
                "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
                "enableLegacyAbac": False,
                "enableShieldedNodes": True,
                "workloadIdentityConfig": {"workloadPool": f"{google.project}.svc.id.goog"},
                "releaseChannel": {"channel": settings.release_channel},
                "addonsConfig": {"httpLoadBalancing": {"disabled": False}},
                "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]},
                "monitoringConfig": {
                    "enableComponents": ["SYSTEM_COMPONENTS"],
                    "managedPrometheus": {"enabled": True},
                },
                "removeDefaultNodePool": True,
                "initialNodeCount": 1,
                "deletionProtection": settings.deletion_protection,
                # Google computes it; named here so that the program can read it.
                "endpoint": None,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        pool = pulumi.CustomResource(
            "gcp:container/nodePool:NodePool",
            name,
            {
                "name": node_pool(args["name"]),
                "cluster": pulumi.get(cluster, "name"),
                "location": google.location,
                "autoscaling": {
                    "totalMinNodeCount": nodes.minimum,
                    "totalMaxNodeCount": nodes.maximum,
                    "locationPolicy": "ANY" if nodes.spot else "BALANCED",
                },
                "management": {"autoRepair": True, "autoUpgrade": True},
                "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
                "nodeConfig": {
                    "machineType": nodes.machine_type,
                    "diskSizeGb": nodes.disk_size_gb,
                    "diskType": "pd-balanced",
                    "imageType": "COS_CONTAINERD",
                    "spot": nodes.spot,
                    "serviceAccount": args["node_account"],
                    "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
                    "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
                    "workloadMetadataConfig": {"mode": "GKE_METADATA"},
                    "metadata": {"disable-legacy-endpoints": "true"},
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # Nodes pull images through the NAT, and no property of a node pool names it.
                depends_on=[args["nat"]],
            ),
        )

        endpoints = pulumi.get(cluster, "controlPlaneEndpointsConfig")
        self.name = pulumi.get(pool, "cluster")
        self.identifier = pulumi.Output.all(cluster.id, endpoints).apply(lambda of: _dns_name(of[1]) or of[0])
        self.endpoint = pulumi.Output.all(
            pulumi.get(cluster, "endpoint"),
            pulumi.get(cluster, "masterAuth"),
            endpoints,
        ).apply(lambda of: _endpoint(*of))
        self.register_outputs({"name": self.name, "identifier": self.identifier, "endpoint": self.endpoint})


def _control_plane(authorized_networks: Mapping[str, IPv4Network]) -> dict[str, Any]:
    """Either the DNS name or the IP address leads to the control plane, never both."""
    by_address = bool(authorized_networks)
    endpoints = {
        "dnsEndpointConfig": {"allowExternalTraffic": not by_address},
        "ipEndpointsConfig": {"enabled": by_address},
    }
    if not by_address:
        return {"controlPlaneEndpointsConfig": endpoints}
    blocks = [{"displayName": name, "cidrBlock": str(block)} for name, block in authorized_networks.items()]
    return {
        "controlPlaneEndpointsConfig": endpoints,
        "masterAuthorizedNetworksConfig": {"cidrBlocks": blocks},
    }


def _dns_endpoint(endpoints: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (endpoints or {}).get("dnsEndpointConfig") or {}


def _dns_name(endpoints: Mapping[str, Any] | None) -> str:
    """The cluster's DNS name, made anew for every cluster; empty when Google states none."""
    return _dns_endpoint(endpoints).get("endpoint") or ""


def _endpoint(address: str, auth: Mapping[str, Any], endpoints: Mapping[str, Any] | None) -> dict[str, str]:
    """The DNS name, whose certificate is publicly trusted, when it is open to users; else the IP address."""
    if _dns_name(endpoints) and _dns_endpoint(endpoints).get("allowExternalTraffic"):
        return {"server": f"https://{_dns_name(endpoints)}"}
    return {"server": f"https://{address}", "certificate-authority-data": auth["clusterCaCertificate"]}
