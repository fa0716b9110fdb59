"""The graph: a cluster; a web server in two colours; and the address that leads to the live one."""

from imageview import COLOURS, ImageView
from pulumi import ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.config_map import ConfigMap
from components.deletion_protection import DeletionProtection, declared_resources
from components.network_policy import NetworkPolicy
from components.secret import Secret
from components.service import Service
from components.workload import Workload
from foundation import Images, found, settle
from settings.configuration import load_as

settings, credentials = load_as(ImageView)
resources = declared_resources()
google, secrets = settings.google, credentials.secrets

on_google = ResourceOptions(providers=[Google("google", project=google.project, region=google.region)])
access, node_account, _ = found(settings, on_google)
images = Images(settings.image, credentials.push, node_account, on_google)

on_cluster = ResourceOptions(providers=[access.provider])
namespace, pull_secret = settle("imageview", settings.name, credentials.pull, on_cluster)
project = ConfigMap(
    "projectid",
    {"name": "projectid", "namespace": namespace, "data": {"project.id": google.project}, "exact_name": True},
    on_cluster,
)
api_key = Secret(
    "apikey",
    {
        "name": "apikey",
        "namespace": namespace,
        "data": {"id": secrets["apiId"], "key": secrets["apiKey"]},
        "exact_name": True,
    },
    on_cluster,
)

colours = {f"webserver-{colour}": colour for colour in COLOURS}
workloads = {name: settings.pods(colour) for name, colour in colours.items()}
pod_namespace = NetworkPolicy("imageview", {"namespace": namespace, "workloads": workloads}, on_cluster).namespace
webservers = [
    Workload(
        name,
        {
            "name": name,
            "namespace": pod_namespace,
            "image": images.reference("apps/webserver", f"/{colour}", target=colour),
            "pull_secret": pull_secret,
            "node_selector": settings.image.node_selector,
            "environment": {
                "PROJECT_ID": project.variable("project.id"),
                "SECRET_ID": api_key.variable("id"),
                "SECRET_KEY": api_key.variable("key"),
            },
            "workload": workloads[name],
        },
        on_cluster,
    ).pods
    for name, colour in colours.items()
]
webserver = Service(
    "webserver",
    {"name": "webserver", "namespace": namespace, "pods": webservers, "service": settings.service},
    on_cluster,
)
DeletionProtection("imageview", {"enabled": settings.deletion_protection, "resources": resources})

export("address", webserver.address)
export("colour", settings.colour)
export("namespace", namespace)
