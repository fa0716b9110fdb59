"""A pod that keeps its data: a database, a cache, a message broker."""

import pulumi

from components.container import ContainerArgs, serving
from components.held import Mount
from components.pod import ENDING, Pods, template
from settings import labels
from settings.stateful import StatefulSettings

DISK = "data"


class StatefulWorkloadArgs(ContainerArgs):
    name: str
    stateful: StatefulSettings


class StatefulWorkload(pulumi.ComponentResource):
    """A StatefulSet of one pod with a disk of its own, and the Service that it is reached by in the cluster.

    The disk outlives the pod, and goes with the StatefulSet unless the settings keep it.
    """

    name: pulumi.Output[str]
    """The host name of its Service, known once the pod serves."""
    pods: Pods

    def __init__(self, name: str, args: StatefulWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:stateful_workload:StatefulWorkload", name, None, opts)
        settings, storage = args["stateful"], args["stateful"].storage
        selector, metadata = {labels.NAME: args["name"]}, {"name": args["name"], "namespace": args["namespace"]}
        retention, timeout = "Retain" if storage.keep else "Delete", f"{settings.timeout_seconds}s"
        disk = Mount(DISK, storage.path, [args["name"]], None, {})
        stateful = pulumi.CustomResource(
            "kubernetes:apps/v1:StatefulSet",
            name,
            {
                "apiVersion": "apps/v1",
                "kind": "StatefulSet",
                "metadata": {**metadata, "labels": selector},
                "spec": {
                    "replicas": 1,
                    "revisionHistoryLimit": 3,
                    "serviceName": args["name"],
                    "selector": {"matchLabels": selector},
                    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": retention, "whenScaled": retention},
                    "template": template(
                        args["name"],
                        args,
                        settings,
                        serving(settings),
                        settings.labels,
                        disk,
                        terminationGracePeriodSeconds=settings.drain_seconds + ENDING,
                    ),
                    "volumeClaimTemplates": [
                        {
                            "metadata": {"name": DISK},
                            "spec": {
                                "accessModes": ["ReadWriteOnce"],
                                "storageClassName": storage.storage_class,
                                "resources": {"requests": {"storage": storage.size}},
                            },
                        }
                    ],
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )
        ready = pulumi.get(stateful, "metadata")["name"]
        service = pulumi.CustomResource(
            "kubernetes:core/v1:Service",
            name,
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": metadata,
                "spec": {
                    "type": "ClusterIP",
                    "selector": {labels.NAME: ready},
                    "ports": [
                        {"name": port, "port": number, "targetPort": port, "protocol": "TCP"}
                        for port, number in settings.all_ports.items()
                    ],
                },
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = pulumi.get(service, "metadata")["name"]
        self.pods = Pods(args["name"], settings, ready)
        self.register_outputs({"name": self.name})
