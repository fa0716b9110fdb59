"""A ConfigMap, a patch of it that another team might apply, and what the cluster has of its own."""

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, ConfigMapPatch, Namespace

config = ConfigMap("settings", metadata={"name": "foreign-settings"}, data={"colour": "blue"})
ConfigMapPatch(
    "label",
    metadata={
        "name": config.metadata.name,
        "labels": {"example.com/team": "web"},
        "annotations": {"pulumi.com/patchForce": "true"},
    },
)
system = Namespace.get("system", "kube-system")

pulumi.export("system", system.metadata.uid)
