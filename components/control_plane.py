"""What every new GKE cluster is declared with, and what is read from any cluster. No component."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any, TypedDict

import pulumi

from settings.cluster import ClusterSettings
from settings.google import GoogleSettings
from settings.naming import pods_range, services_range

TOKEN = "gcp:container/cluster:Cluster"

OAUTH_SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
"""All: what nodes may do is decided by the roles of their account."""


class ClusterArgs(TypedDict):
    """`nat` lets the nodes out to the internet; `node_account` is the e-mail address of their identity."""

    name: str
    google: GoogleSettings
    cluster: ClusterSettings
    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    nat: pulumi.Resource
    node_account: pulumi.Input[str]


def inputs(args: ClusterArgs) -> dict[str, Any]:
    """The inputs that Standard and Autopilot have in common."""
    settings, maintenance = args["cluster"], args["cluster"].maintenance
    return {
        "name": args["name"],
        "network": args["network"],
        "subnetwork": args["subnetwork"],
        "networkingMode": "VPC_NATIVE",
        "ipAllocationPolicy": {
            "clusterSecondaryRangeName": pods_range(args["name"]),
            "servicesSecondaryRangeName": services_range(args["name"]),
        },
        "privateClusterConfig": {"enablePrivateNodes": True},
        **_reached(settings.authorized_networks),
        "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
        "enableLegacyAbac": False,
        # Always: switched off with a Gateway still there, it would leave that Gateway's load balancer behind.
        "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
        "releaseChannel": {"channel": settings.release_channel},
        "minMasterVersion": settings.version,
        "description": settings.description or None,
        "databaseEncryption": settings.encryption,
        "maintenancePolicy": maintenance.policy if maintenance else None,
        "costManagementConfig": {"enabled": settings.cost_allocation},
        **settings.observability.inputs,
        "deletionProtection": settings.deletion_protection,
        # Google computes it; named here so that the program can read it.
        "endpoint": None,
    }


def options(
    parent: pulumi.Resource,
    args: ClusterArgs,
    depends_on: Sequence[pulumi.Resource] = (),
    ignore_changes: Sequence[str] = (),
) -> pulumi.ResourceOptions:
    """Google refuses to delete a cluster of `deletionProtection`; `protect` also refuses an update that replaces it."""
    return pulumi.ResourceOptions(
        parent=parent,
        delete_before_replace=True,
        protect=args["cluster"].deletion_protection,
        depends_on=depends_on,
        # Google computes it from the endpoints; unstated, some releases of the provider would set it back each time.
        ignore_changes=["privateClusterConfig.enablePrivateEndpoint", *ignore_changes],
    )


def identifier(cluster: pulumi.CustomResource) -> pulumi.Output[str]:
    """Changes exactly when the cluster is replaced: its DNS name, made anew for every cluster, or its id."""
    endpoints = pulumi.get(cluster, "controlPlaneEndpointsConfig")
    return pulumi.Output.all(cluster.id, endpoints).apply(lambda of: _dns_name(of[1]) or of[0])


def endpoint(cluster: pulumi.CustomResource) -> pulumi.Output[dict[str, str]]:
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""
    return pulumi.Output.all(
        pulumi.get(cluster, "endpoint"),
        pulumi.get(cluster, "masterAuth"),
        pulumi.get(cluster, "controlPlaneEndpointsConfig"),
    ).apply(lambda of: _endpoint(*of))


def _reached(authorized_networks: Mapping[str, IPv4Network]) -> dict[str, Any]:
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
    """The cluster's DNS name; empty when Google states none."""
    return _dns_endpoint(endpoints).get("endpoint") or ""


def _endpoint(address: str, auth: Mapping[str, Any], endpoints: Mapping[str, Any] | None) -> dict[str, str]:
    """The DNS name, whose certificate is publicly trusted, when it is open to users; else the IP address."""
    if _dns_name(endpoints) and _dns_endpoint(endpoints).get("allowExternalTraffic"):
        return {"server": f"https://{_dns_name(endpoints)}"}
    return {"server": f"https://{address}", "certificate-authority-data": auth["clusterCaCertificate"]}
