"""What Pulumi's `kubernetes-gcp-python` template registers, written from its list of resources."""

import pulumi
import pulumi_gcp as gcp

network = gcp.compute.Network("network", auto_create_subnetworks=False)
subnet = gcp.compute.Subnetwork(
    "subnet", ip_cidr_range="10.128.0.0/12", network=network.id, private_ip_google_access=True
)
cluster = gcp.container.Cluster(
    "cluster",
    location="europe-west1",
    network=network.name,
    subnetwork=subnet.name,
    remove_default_node_pool=True,
    initial_node_count=1,
    networking_mode="VPC_NATIVE",
    ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
        cluster_ipv4_cidr_block="/14", services_ipv4_cidr_block="/20"
    ),
    private_cluster_config=gcp.container.ClusterPrivateClusterConfigArgs(
        enable_private_nodes=True, enable_private_endpoint=False, master_ipv4_cidr_block="10.100.0.0/28"
    ),
    release_channel=gcp.container.ClusterReleaseChannelArgs(channel="STABLE"),
    workload_identity_config=gcp.container.ClusterWorkloadIdentityConfigArgs(workload_pool="p.svc.id.goog"),
)
account = gcp.serviceaccount.Account("nodes", account_id="nodes")
pool = gcp.container.NodePool(
    "nodes",
    cluster=cluster.id,
    node_count=1,
    node_config=gcp.container.NodePoolNodeConfigArgs(service_account=account.email),
)
pulumi.export("cluster", cluster.name)
