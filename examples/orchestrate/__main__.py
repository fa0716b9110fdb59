"""The graph, in four stages: nginx; a monolith; the monolith behind TLS; and the monolith split into microservices."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from orchestrate import CONNECTIONS, Orchestrate
from pulumi import Input, Output, ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.config_map import ConfigMap
from components.config_object import Mount, Variable
from components.deletion_protection import DeletionProtection, declared_resources
from components.firewall_rule import FirewallRule
from components.network_policy import NetworkPolicy
from components.pod import Pods
from components.secret import Secret
from components.service import Service
from components.workload import Workload
from foundation import Images, found, settle
from settings.configuration import load_as

settings, credentials = load_as(Orchestrate)
resources = declared_resources()
google, secrets, standing = settings.google, credentials.secrets, settings.standing

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
access, node_account, network = found(settings, on_google)
images = Images(settings.image, credentials.push, node_account, on_google)

on_cluster = ResourceOptions(providers=[access.provider])
namespace, pull_secret = settle("io", settings.name, credentials.pull, on_cluster)
connections = {caller: callees for caller, callees in CONNECTIONS.items() if caller in standing}
pod_namespace = NetworkPolicy(
    "io", {"namespace": namespace, "workloads": standing, "connections": connections}, on_cluster
).namespace
data = {key: secrets[key] for key in ("jwtSecret", "password")}
known = Secret("login", {"name": "login", "namespace": namespace, "data": data}, on_cluster)
verifying = {"JWT_SECRET": known.variable("jwtSecret")}
issuing = {**verifying, "USERNAME": settings.username, "PASSWORD": known.variable("password")}
data = {"tls.crt": secrets["tlsCertificate"], "tls.key": secrets["tlsKey"]}
certificate = Secret("tls", {"name": "tls-certs", "namespace": namespace, "data": data, "exact_name": True}, on_cluster)


@cache
def build(service: str) -> Output[str]:
    """One of the images of the one code base."""
    return images.reference("apps/greeter", f"/{service}", target=service)


def encrypted(server: str, container: str) -> list[Mount]:
    """What makes the nginx in `container` speak TLS: a configuration, and the certificate."""
    name, file = f"nginx-{server}-conf", f"{server}.conf"
    data = {file: Path("nginx", file).read_text()}
    configuration = ConfigMap(
        name, {"name": name, "namespace": namespace, "data": data, "exact_name": True}, on_cluster
    )
    return [configuration.files("/etc/nginx/conf.d", [container]), certificate.files("/etc/tls", [container])]


def deploy(
    name: str,
    image: Input[str],
    environment: Mapping[str, Input[str] | Variable],
    mounts: Sequence[Mount] = (),
    after: Sequence[Service] = (),
) -> Pods:
    """The pods of one workload; those of `after` can be reached before they start."""
    return Workload(
        name,
        {
            "name": name,
            "namespace": pod_namespace,
            "image": image,
            "pull_secret": pull_secret,
            "node_selector": settings.image.node_selector,
            "environment": environment,
            "mounts": mounts,
            "workload": settings.workloads[name],
        },
        ResourceOptions.merge(on_cluster, ResourceOptions(depends_on=after)),
    ).pods


def serve(name: str, pods: Pods) -> Service:
    service = settings.services[name]
    return Service(name, {"name": name, "namespace": namespace, "pods": [pods], "service": service}, on_cluster)


entrance = serve("nginx", deploy("nginx", settings.nginx, {}))
export("nginx", entrance.address)
if settings.stage >= 1:
    deploy("monolith", build("monolith"), issuing)
if settings.stage >= 2:
    serve("monolith", deploy("secure-monolith", build("monolith"), issuing, encrypted("proxy", "nginx")))
    if network:
        FirewallRule(
            "monolith",
            {
                "name": f"{settings.name}-monolith-nodeport",
                "network": network,
                "ports": list(settings.services["monolith"].node_ports.values()),
                "sources": [str(block) for block in settings.node_port_sources],
            },
            on_google,
        )
if settings.stage >= 3:
    auth = serve("auth", deploy("auth", build("auth"), issuing))
    hello = serve("hello", deploy("hello", build("hello"), verifying))
    # nginx ends when a host in its configuration does not resolve, and the text of a file names no resource.
    frontend = deploy("frontend", settings.nginx, {}, encrypted("frontend", "frontend"), [auth, hello])
    entrance = serve("frontend", frontend)
DeletionProtection("orchestrate", {"enabled": settings.deletion_protection, "resources": resources})

export("address", entrance.address)
export("namespace", namespace)
