"""The graph: a cluster; the image of a gRPC server; the server, its metrics, and the load balancer in front of it."""

from pr12er import SERVER, TLS, Pr12er
from pulumi import Output, ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.deletion_protection import DeletionProtection, declared_resources
from components.gateway_backend import GatewayBackend
from components.network_policy import NetworkPolicy
from components.nginx_ingress import NginxIngress
from components.pod_monitoring import PodMonitoring
from components.service import Service
from components.workload import Workload
from exposure import expose_hosts
from foundation import Images, found, settle
from settings.backend import BackendSettings
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
        "environment": settings.environment_variables,
        "workload": pods,
    },
    on_cluster,
)
PodMonitoring(
    SERVER,
    {"name": server.name, "namespace": namespace, "selector": server.selector, "port": pods.metrics_port_name},
    on_cluster,
)
if settings.by_gateway:
    backend = GatewayBackend(
        SERVER,
        {
            "name": SERVER,
            "namespace": namespace,
            "selector": server.selector,
            "workload": pods,
            "treatment": BackendSettings(),
            "port_name": TLS,
            "app_protocol": "HTTP2",
            "health": "GRPC",
        },
        on_cluster,
    )
    public = expose_hosts(
        {
            "settings": settings,
            "dns": settings.dns,
            "namespace": namespace,
            "hosts": [host],
            "routes": [Route(path="/", path_type="Prefix", service=SERVER, port=backend.port)],
            "services": {SERVER: backend.name},
        },
        on_google,
        on_cluster,
    )
    export("address", public.address)
    export("dnsRecords", public.missing_records)
else:
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
    export("address", ingress.address)
DeletionProtection("pr12er", {"enabled": settings.deletion_protection, "resources": resources})

export("domains", [host])
export("host", host)
export("image", image)
export("namespace", namespace)
entrance = "gateway" if settings.by_gateway else "ingress"
export("kubectl", Output.concat(access.kubectl, " --namespace ", namespace, f" get {entrance}"))
