"""A store with a volume for each of its pods, and a backup volume that nobody uses yet."""

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet
from pulumi_kubernetes.core.v1 import PersistentVolumeClaim, Service

labels = {"app": "store"}
claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}}

service = Service("store", spec={"clusterIP": "None", "selector": labels, "ports": [{"name": "store", "port": 6379}]})
store = StatefulSet(
    "store",
    spec={
        "serviceName": service.metadata.name,
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "terminationGracePeriodSeconds": 5,
                "containers": [
                    {
                        "name": "store",
                        "image": pulumi.Config().require("image"),
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                    }
                ],
            },
        },
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
    },
)
PersistentVolumeClaim("backup", spec=claim)

pulumi.export("first", pulumi.Output.format("{0}-0.{1}", store.metadata.name, service.metadata.name))
