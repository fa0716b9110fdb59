"""A guestbook: a leader and its replicas keep the entries, a frontend shows them."""

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import Namespace, Service

image = pulumi.Config().require("image")
namespace = Namespace("guestbook", metadata={"name": "foreign-guestbook"})


def tier(name: str, replicas: int, port: int, kind: str = "ClusterIP") -> Service:
    """A Deployment and the Service in front of it, which carries its name."""
    labels = {"app": "guestbook", "tier": name}
    metadata = {"name": name, "namespace": namespace.metadata.name, "labels": labels}
    container = {
        "name": name,
        "image": image,
        "env": [{"name": "GET_HOSTS_FROM", "value": "dns"}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
        "ports": [{"containerPort": port}],
    }
    deployment = Deployment(
        name,
        metadata=metadata,
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    )
    return Service(
        name,
        metadata=metadata,
        spec={"type": kind, "ports": [{"port": port}], "selector": labels},
        opts=pulumi.ResourceOptions(depends_on=[deployment]),
    )


tier("leader", 1, 6379)
tier("replica", 2, 6379)
frontend = tier("frontend", 2, 80, "LoadBalancer")

pulumi.export("address", frontend.status.apply(lambda status: status.load_balancer.ingress[0].ip))
