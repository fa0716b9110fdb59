"""A cluster of its own, with network and nodes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from components.access import kubeconfig
from components.cluster import Cluster as GkeCluster
from components.network import Network
from components.node_account import NodeAccount
from package.statement import stated
from settings.cluster import ClusterSettings
from settings.google import GoogleSettings
from settings.mistake import SettingError
from settings.model import rule
from settings.naming import base, problems
from settings.network import NetworkSettings


class Google(TypedDict):
    """Project and place."""

    project: str
    """Id of an existing project with billing."""
    region: str
    """Region, such as europe-west1."""
    zones: NotRequired[Sequence[str]]
    """One: a zonal cluster. More: a regional one with nodes in each. None: Google chooses."""


class Ranges(TypedDict):
    """Address ranges of the cluster's network."""

    nodes: NotRequired[str]
    """Primary range of the subnet. It can grow; any other change replaces subnet and cluster."""
    pods: NotRequired[str]
    """Secondary range; 256 addresses a node. A change replaces subnet and cluster."""
    services: NotRequired[str]
    """Secondary range of ClusterIPs. A change replaces subnet and cluster."""


class NodePool(TypedDict):
    """Nodes of one kind."""

    machine_type: NotRequired[str]
    """Compute Engine machine type. A change exchanges the nodes one by one."""
    disk_size_gb: NotRequired[int]
    """Boot disk, in GB."""
    minimum: NotRequired[int]
    """Nodes at least, over all zones."""
    maximum: NotRequired[int]
    """Nodes at most, over all zones."""
    spot: NotRequired[bool]
    """Cheaper machines that Google may take back at any time. A change makes a new pool, and then drains and deletes
    the old one."""


class ClusterArgs(TypedDict):
    application: str
    """First part of the name of everything that is created."""
    environment: str
    """Last part of the name of everything that is created, such as dev."""
    google: Google
    """Project and place of the cluster and its network."""
    deletion_protection: bool
    """While true, `pulumi destroy` is refused: first `up` with false, then destroy."""
    network: NotRequired[Ranges]
    """Address ranges, which must not overlap."""
    autopilot: NotRequired[bool]
    """Google keeps the nodes and bills the pods. A change replaces the cluster and all that is in it."""
    release_channel: NotRequired[str]
    """How early the cluster gets new Kubernetes versions. UNSPECIFIED: it is in no channel."""
    authorized_networks: NotRequired[Mapping[str, str]]
    """Name to IPv4 range: who may reach the control plane's IP address. None: it is reached by its DNS name, which lets
    in only who IAM lets in."""
    node_pools: NotRequired[Mapping[str, NodePool]]
    """Name to node pool; one, `nodes`, unless stated. Not for Autopilot."""


class OwnClusterSettings(ClusterSettings):
    """The arguments."""

    application: str
    environment: str
    google: GoogleSettings
    network: NetworkSettings = NetworkSettings()

    @rule
    def _validate_names(self) -> Iterator[SettingError]:
        if refusals := problems(self.application, self.environment):
            yield SettingError(" ".join(refusals), "Shorten or simplify application or environment.", "environment")


class Cluster(pulumi.ComponentResource):
    """A GKE cluster with private nodes, Workload Identity and Dataplane V2, in a network of its own.

    Takes a Google Cloud provider. A Kubernetes provider takes the kubeconfig; whoever uses it needs
    gke-gcloud-auth-plugin.
    """

    name: pulumi.Output[str]
    """Name of the cluster, and of the kubeconfig's context; known once there are nodes."""
    kubeconfig: pulumi.Output[str]
    """The way in, without a credential; secret nevertheless."""
    identifier: pulumi.Output[str]
    """For clusterIdentifier of a Kubernetes provider: changes exactly when the cluster is replaced."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:index:Cluster", name, None, opts)
        settings = stated(OwnClusterSettings, f"Cluster {name}", args)
        google, named = settings.google, base(settings.application, settings.environment)
        child = pulumi.ResourceOptions(parent=self)

        network = Network(name, {"name": named, "region": google.region, "ranges": settings.network}, child)
        account = NodeAccount(name, {"cluster": named, "project": google.project}, child)
        cluster = GkeCluster(
            name,
            {
                "name": named,
                "google": google,
                "cluster": settings,
                "network": network.network,
                "subnetwork": network.subnetwork,
                "nat": network.nat,
                "node_account": account.email,
            },
            child,
        )

        self.name = cluster.name
        way_in = pulumi.Output.all(cluster.name, cluster.endpoint).apply(lambda known: kubeconfig(*known))
        self.kubeconfig = pulumi.Output.secret(way_in)
        self.identifier = cluster.identifier
        self.register_outputs({"name": self.name, "kubeconfig": self.kubeconfig, "identifier": self.identifier})
