"""A pod that keeps its data: a database, a cache, a message broker."""

import pulumi

from components.container import ContainerArgs, serving
from components.held import Mount
from components.pod import ENDING, Pods, template
from settings import labels
from settings.stateful import DISK_TYPES, StatefulSettings, StorageSettings

DISK = "data"

DRIVER = "pd.csi.storage.gke.io"
"""Makes Google's persistent disks."""


class StatefulWorkloadArgs(ContainerArgs):
    name: str
    stateful: StatefulSettings


class StatefulWorkload(pulumi.ComponentResource):
    """A StatefulSet of one pod with a disk of its own, and the Service that it is reached by in the cluster.

    The disk outlives the pod, and goes with the StatefulSet unless the settings keep it: then it outlives even the
    claim, which goes with the namespace.
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
                                "storageClassName": self._kept(name, args, storage)
                                if storage.keep
                                else storage.storage_class,
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

    def _kept(self, name: str, args: StatefulWorkloadArgs, storage: StorageSettings) -> pulumi.Output[str]:
        """The name of a storage class whose disks stay when their claim goes."""
        kind = pulumi.CustomResource(
            "kubernetes:storage.k8s.io/v1:StorageClass",
            name,
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                # The cluster's namespaces share the classes.
                "metadata": {"name": pulumi.Output.concat(args["namespace"], ".", args["name"])},
                "provisioner": DRIVER,
                "parameters": {"type": DISK_TYPES[storage.storage_class]},
                "reclaimPolicy": "Retain",
                "volumeBindingMode": "WaitForFirstConsumer",
                "allowVolumeExpansion": True,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return pulumi.get(kind, "metadata")["name"]
