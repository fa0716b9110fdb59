"""A CustomResourceDefinition, and an object of its kind in the same program."""

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apiextensions.v1 import CustomResourceDefinition

schema = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"schedule": {"type": "string"}, "replicas": {"type": "integer"}},
        }
    },
}
definition = CustomResourceDefinition(
    "crontabs",
    metadata={"name": "crontabs.foreign.example.com"},
    spec={
        "group": "foreign.example.com",
        "scope": "Namespaced",
        "names": {"plural": "crontabs", "singular": "crontab", "kind": "CronTab"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
    },
)
crontab = CustomResource(
    "nightly",
    api_version="foreign.example.com/v1",
    kind="CronTab",
    spec={"schedule": "0 3 * * *", "replicas": 1},
    opts=pulumi.ResourceOptions(depends_on=[definition]),
)

pulumi.export("name", crontab.metadata["name"])
