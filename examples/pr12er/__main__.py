"""The graph: a cluster; the image of a gRPC server; the server, its metrics, and the Ingress in front of it."""

from pr12er import SERVER, Pr12er
from pulumi import Output, ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.deletion_protection import DeletionProtection, declared_resources
from components.network_policy import NetworkPolicy
from components.nginx_ingress import NginxIngress
from components.pod_monitoring import PodMonitoring
from components.service import Service
from components.workload import Workload
from foundation import Images, found, settle
from settings.configuration import load_as
from settings.route import Route

settings, credentials = load_as(Pr12er)
resources = declared_resources()
google, pods, host = settings.google, settings.pods, settings.domain

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
access, node_account, _ = found(settings, on_google)
image = Images(settings.image, credentials.push, node_account, on_google).reference("apps/server")

on_cluster = ResourceOptions(providers=[access.provider])
namespace, pull_secret = settle("pr12er", settings.name, credentials.pull, on_cluster)
pod_namespace = NetworkPolicy("pr12er", {"namespace": namespace, "workloads": {SERVER: pods}}, on_cluster).namespace
server = Workload(
    SERVER,
    {
        "name": SERVER,
        "namespace": pod_namespace,
        "image": image,
        "pull_secret": pull_secret,
        "node_selector": settings.image.node_selector,
        "environment": {"PR12ER_GRPC_PORT": str(pods.port), "PR12ER_PROMETHEUS_PORT": str(pods.metrics_port)},
        "workload": pods,
    },
    on_cluster,
)
PodMonitoring(
    SERVER,
    {"name": server.name, "namespace": namespace, "selector": server.selector, "port": pods.metrics_port_name},
    on_cluster,
)
service = Service(
    SERVER,
    {"name": SERVER, "namespace": namespace, "pods": [server.pods], "service": settings.service},
    on_cluster,
)
ingress = NginxIngress(
    SERVER,
    {
        "name": SERVER,
        "namespace": namespace,
        "hosts": [host],
        "routes": [Route(path="/", path_type="Prefix", service=SERVER, port=pods.port_name)],
        "services": {SERVER: service.name},
        "backend_protocol": "GRPC",
        "ssl_redirect": True,
        "tls": [{"hosts": [host]}],
    },
    on_cluster,
)
DeletionProtection("pr12er", {"enabled": settings.deletion_protection, "resources": resources})

export("address", ingress.address)
export("domains", [host])
export("host", host)
export("image", image)
export("namespace", namespace)
export("kubectl", Output.concat(access.kubectl, " --namespace ", namespace, " get ingress"))
