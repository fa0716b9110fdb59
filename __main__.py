"""The graph: network, cluster, address, image; then the app on the cluster and its load balancer."""

from pulumi import Output, ResourceOptions, export
from pulumi_docker.provider import Provider as Docker
from pulumi_gcp.provider import Provider as Google

from components.access import Access
from components.address import Address
from components.backend import Backend
from components.cluster import Cluster
from components.dns_records import DnsRecords
from components.image import Image
from components.ingress import Ingress
from components.namespace import Namespace
from components.network import Network
from components.node_account import NodeAccount
from components.pull_secret import PullSecret
from components.workload import Workload
from settings.configuration import load
from settings.naming import APPLICATION, PULL_SECRET

settings, credentials = load()
name, google, domains, pods = settings.name, settings.google, settings.domains, settings.workload

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
network = Network("network", {"name": name, "region": google.region, "ranges": settings.network}, on_google)
account = NodeAccount("nodes", {"cluster": name, "project": google.project}, on_google)
cluster = Cluster(
    "cluster",
    {
        "name": name,
        "google": google,
        "cluster": settings.cluster,
        "network": network.network,
        "subnetwork": network.subnetwork,
        "nat": network.nat,
        "node_account": account.email,
    },
    on_google,
)
access = Access("kubernetes", {"cluster": cluster.name, "identifier": cluster.identifier, "endpoint": cluster.endpoint})
address = Address("address", {"name": name}, on_google)
records = DnsRecords("dns", {"domains": domains, "address": address.address, "zone": settings.dns.zone}, on_google)

on_docker = ResourceOptions(providers=[Docker("docker")])
image = Image("app", {"context": "app", "image": settings.image, "credential": credentials.push}, on_docker)

on_cluster = ResourceOptions(providers=[access.provider])
namespace = Namespace("app", {"name": name}, on_cluster).name
pull_secret = PullSecret(
    "app", {"name": PULL_SECRET, "namespace": namespace, "credential": credentials.pull}, on_cluster
)
workload = Workload(
    "app",
    {
        "name": APPLICATION,
        "namespace": namespace,
        "image": image.reference,
        "pull_secret": pull_secret.name,
        "environment": {"ENVIRONMENT": settings.environment},
        "workload": pods,
    },
    on_cluster,
)
backend = Backend(
    "app",
    {"name": workload.name, "namespace": namespace, "selector": workload.selector, "workload": pods},
    on_cluster,
)
Ingress(
    "app",
    {
        "name": APPLICATION,
        "namespace": namespace,
        "domains": domains,
        "backend": backend.backend,
        "address": address.name,
        "redirect_to_https": settings.ingress.redirect_to_https,
    },
    on_cluster,
)

kubectl = "kubectl --kubeconfig <(pulumi stack output kubeconfig --show-secrets) --namespace {0} get ingress"
export("url", f"https://{domains[0]}/")
export("address", address.address)
export("domains", list(domains))
export("dnsRecords", records.missing)
export("image", image.reference)
export("namespace", namespace)
export("cluster", cluster.name)
export("kubeconfig", access.kubeconfig)
export("kubectl", Output.format(kubectl, namespace))
