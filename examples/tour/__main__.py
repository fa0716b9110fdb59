"""The graph: a cluster; seven images; MongoDB, Redis and NATS; seven services; and what leads visitors to them."""

from collections.abc import Mapping

from pulumi import Input, Output, ResourceOptions, export
from pulumi_gcp.provider import Provider as Google
from tour_stack import CONNECTIONS, MONGO, NATS, REDIS, SERVICES, Placed, Tour, server_name

from components.config_object import Variable
from components.deletion_protection import DeletionProtection, declared_resources
from components.gateway_backend import GatewayBackend
from components.network_policy import NetworkPolicy
from components.nginx_ingress import NginxIngress
from components.secret import Secret
from components.service import Service
from components.stateful_workload import StatefulWorkload
from components.workload import Workload
from exposure import RoutedHosts, expose_hosts
from foundation import Images, found, settle
from settings.backend import BackendSettings
from settings.configuration import load_as

settings, credentials = load_as(Tour)
resources = declared_resources()
google = settings.google

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
access, node_account, _ = found(settings, on_google)

images = Images(settings.image, credentials.push, node_account, on_google)
start = {"CHASSIS_IMAGE": images.reference("apps/chassis", "/chassis")}

on_cluster = ResourceOptions(providers=[access.provider])
kept = ResourceOptions.merge(on_cluster, ResourceOptions(protect=settings.deletion_protection))
namespace, pull_secret = settle("tour", settings.name, credentials.pull, on_cluster)
policies = NetworkPolicy(
    "tour", {"namespace": namespace, "workloads": settings.pods, "connections": CONNECTIONS}, on_cluster
)
placed: Placed = {
    "namespace": policies.namespace,
    "pull_secret": pull_secret,
    "node_selector": settings.image.node_selector,
}
tokens = {kind: credentials.secrets[f"jwt{kind.title()}Secret"] for kind in ("access", "refresh")}
jwt = Secret("jwt", {"name": "jwt", "namespace": namespace, "data": tokens}, on_cluster)

services: dict[str, Input[str]] = {}


def server(name: str, kind: str) -> StatefulWorkload:
    """A MongoDB, Redis or NATS, and its disk."""
    stateful = settings.server(kind)
    return StatefulWorkload(name, {**placed, "name": name, "image": stateful.image, "stateful": stateful}, kept)


def environment(service: str, servers: Mapping[str, StatefulWorkload]) -> dict[str, Input[str] | Variable]:
    """What a service is told; each server's host name is known once it serves."""
    host = {kind: started.name for kind, started in servers.items()}
    told: dict[str, Input[str] | Variable] = {
        **settings.workload.variables,
        "PORT": str(settings.workload.port),
        "JWT_ACCESS_SECRET": jwt.variable("access"),
        "JWT_REFRESH_SECRET": jwt.variable("refresh"),
    }
    if MONGO in host:
        told["MONGO_URI"] = Output.format("mongodb://{0}:{1}/{2}", host[MONGO], settings.mongo.port, service)
    if REDIS in host:
        told |= {"REDIS_HOST": host[REDIS], "REDIS_PORT": str(settings.redis.port)}
    if NATS in host:
        told |= {"NATS_URL": Output.format("nats://{0}:{1}", host[NATS], settings.nats.port), "NATS_CLUSTER_ID": "tour"}
    if service == "expiration":
        told["EXPIRATION_SECONDS"] = str(settings.expiration.seconds)
    return told


nats = server(NATS, NATS)
for name, needs in SERVICES.items():
    servers = {kind: nats if kind == NATS else server(server_name(name, kind), kind) for kind in needs}
    workload = settings.service(name)
    image = images.reference(f"apps/{name}", f"/{name}", dockerfile="../Dockerfile", arguments=start)
    told = environment(name, servers)
    deployed = Workload(
        name, {**placed, "name": name, "image": image, "environment": told, "workload": workload}, on_cluster
    )
    if settings.by_gateway and name in settings.routed:
        services[name] = GatewayBackend(
            name,
            {
                "name": name,
                "namespace": namespace,
                "selector": deployed.selector,
                "workload": workload,
                "treatment": BackendSettings(),
            },
            on_cluster,
        ).name
    else:
        services[name] = Service(name, {"name": name, "namespace": namespace, "pods": [deployed.pods]}, on_cluster).name

routed: RoutedHosts = {
    "namespace": namespace,
    "hosts": [settings.host],
    "routes": settings.routes,
    "services": services,
}
if settings.by_gateway:
    public = expose_hosts({**routed, "settings": settings, "dns": settings.dns}, on_google, on_cluster)
    export("address", public.address)
    export("dnsRecords", public.missing_records)
else:
    export("address", NginxIngress("tour", {**routed, "name": "tour", "use_regex": True}, on_cluster).address)
DeletionProtection("tour", {"enabled": settings.deletion_protection, "resources": resources})

export("url", f"{'https' if settings.by_gateway else 'http'}://{settings.host}/")
export("domains", [settings.host])
export("namespace", namespace)
