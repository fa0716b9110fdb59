"""The graph: network, cluster, address, image; then the app on the cluster and its load balancer."""

from pathlib import Path

from pulumi import Output, ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.address import Address
from components.cron_job import CronJob
from components.deletion_protection import DeletionProtection, declared_resources
from components.disruption_budget import DisruptionBudget
from components.dns_records import DnsRecords
from components.https_redirect import OUTPUT as REDIRECTED
from components.identity import Identity
from components.migration import Migration
from components.network_policy import NetworkPolicy
from components.pod import PodArgs
from components.pod_monitoring import PodMonitoring, PodMonitoringArgs
from components.priority import Priority
from components.private_google_access import PrivateGoogleAccess
from components.scaler import Scaler
from components.variables import Variables
from components.workload import Workload
from exposure import expose
from foundation import Images, found, settle
from settings.cluster import ClusterSettings
from settings.configuration import load
from settings.naming import APPLICATION, job
from settings.workload import MIGRATION

settings, credentials = load()
resources = declared_resources()
name, google, domains, pods = settings.name, settings.google, settings.domains, settings.workload

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
access, node_account, network = found(settings, on_google)
kept = ResourceOptions(protect=settings.deletion_protection)
address = Address("address", {"name": name}, ResourceOptions.merge(on_google, kept))
records = DnsRecords(
    "dns",
    {"domains": domains, "address": address.address, "zone": settings.dns.zone, "caa": settings.dns.caa},
    on_google,
)

image = Images(settings.image, credentials.push, node_account, on_google).reference("app")

on_cluster = ResourceOptions(providers=[access.provider])
namespace, pull_secret = settle("app", name, credentials.pull, on_cluster)
pod_namespace = NetworkPolicy("app", {"namespace": namespace, "workloads": {APPLICATION: pods}}, on_cluster).namespace
# An existing cluster's DNS is its owner's.
private_access = (
    [PrivateGoogleAccess("google", {"name": name, "network": network}, on_google)]
    if pods.google_roles and network is not None and isinstance(settings.cluster, ClusterSettings)
    else []
)
identity = Identity(
    "app",
    {"name": APPLICATION, "namespace": namespace, "cluster": name, "google": google, "roles": pods.google_roles},
    # Whoever has the account finds Google's APIs, and no property of an account names a DNS record.
    ResourceOptions.merge(on_google, ResourceOptions.merge(on_cluster, ResourceOptions(depends_on=private_access))),
)
variables = Variables(
    "app",
    {"name": APPLICATION, "namespace": namespace, "plain": pods.variables, "secret": credentials.variables},
    on_cluster,
)
pod: PodArgs = {
    "namespace": pod_namespace,
    "image": image,
    "pull_secret": pull_secret,
    "node_selector": settings.image.node_selector,
    "account": identity.account,
    "environment": {"ENVIRONMENT": settings.environment, **pods.told},
    "sources": variables.sources,
    "priority": Priority("app", {"name": name, "value": pods.priority}, on_cluster).name if pods.priority else None,
    "workload": pods,
}
migrated = (
    Migration("app", {**pod, "name": job(APPLICATION, MIGRATION), "job": pods.migration}, on_cluster).name
    if pods.migration
    else None
)
workload = Workload("app", {**pod, "name": APPLICATION, "migration": migrated}, on_cluster)
deployed: PodMonitoringArgs = {"name": workload.name, "namespace": namespace, "selector": workload.selector}
if pods.scaling:
    Scaler("app", {"name": workload.name, "namespace": namespace, "scaling": pods.scaling}, on_cluster)
if pods.disruption:
    DisruptionBudget("app", {**deployed, "disruption": pods.disruption}, on_cluster)
if pods.metrics_port:
    PodMonitoring("app", {**deployed, "port": pods.metrics_port_name}, on_cluster)
for each, timetable in pods.cron_jobs.items():
    CronJob(each, {**pod, "name": job(APPLICATION, each), "job": timetable}, on_cluster)
redirected = expose(settings, deployed, address.name, on_google, on_cluster)
DeletionProtection("app", {"enabled": settings.deletion_protection, "resources": resources})

export("url", f"https://{domains[0]}/")
export("address", address.address)
export("domains", list(domains))
export(REDIRECTED, redirected)
export("dnsRecords", records.missing)
export("image", image)
export("namespace", namespace)
export("cluster", access.cluster)
export("kubeconfig", access.kubeconfig)
export("kubectl", Output.concat(access.kubectl, " --namespace ", namespace, f" get {settings.ingress.kind}"))
export("readme", Path("Pulumi.README.md").read_text())
