"""A pod that keeps its data: a database, a cache, a message broker."""

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import Mount
from components.container import PodTemplateArgs
from components.pod import Pods, pod_template
from settings import labels
from settings.stateful import DISK_TYPES, StatefulSettings, StorageSettings

DISK = "data"
"""Name of the volume claim template."""

PROVISIONER = "pd.csi.storage.gke.io"
"""The CSI driver of Google's persistent disks."""


class StatefulWorkloadArgs(PodTemplateArgs):
    name: str
    stateful: StatefulSettings


class StatefulWorkload(pulumi.ComponentResource):
    """A StatefulSet of one pod with a disk of its own, and the Service that it is reached by in the cluster.

    The disk outlives the pod, and goes with the StatefulSet unless the settings keep it: then it outlives even the
    claim, which goes with the namespace.
    """

    name: pulumi.Output[str]
    """The host name of its Service, known once the pod is ready."""
    pods: Pods

    def __init__(self, name: str, args: StatefulWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:stateful_workload:StatefulWorkload", name, None, opts)
        settings, storage = args["stateful"], args["stateful"].storage
        selector = {labels.NAME: args["name"]}
        retention, timeout = "Retain" if storage.keep else "Delete", f"{settings.timeout_seconds}s"
        claim = k8s.core.v1.PersistentVolumeClaimArgs(
            metadata=k8s.meta.v1.ObjectMetaArgs(name=DISK),
            spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                storage_class_name=self._retaining_class(name, args, storage)
                if storage.keep
                else storage.storage_class,
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests={"storage": storage.size}),
            ),
        )
        stateful_set = k8s.apps.v1.StatefulSet(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"], labels=selector),
            spec=k8s.apps.v1.StatefulSetSpecArgs(
                replicas=1,
                revision_history_limit=3,
                service_name=args["name"],
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
                persistent_volume_claim_retention_policy=k8s.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicyArgs(
                    when_deleted=retention, when_scaled=retention
                ),
                template=pod_template(
                    args["name"], args, settings, disk=Mount(DISK, storage.path, [args["name"]], None, {})
                ),
                volume_claim_templates=[claim],
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )
        ready = stateful_set.metadata.name
        service = k8s.core.v1.Service(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=k8s.core.v1.ServiceSpecArgs(
                type="ClusterIP",
                selector={labels.NAME: ready},
                ports=[
                    k8s.core.v1.ServicePortArgs(name=port, port=number, target_port=port, protocol="TCP")
                    for port, number in settings.all_ports.items()
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = service.metadata.name
        self.pods = Pods(args["name"], settings, ready)
        self.register_outputs({"name": self.name})

    def _retaining_class(self, name: str, args: StatefulWorkloadArgs, storage: StorageSettings) -> pulumi.Output[str]:
        """The name of a storage class whose disks stay when their claim goes."""
        storage_class = k8s.storage.v1.StorageClass(
            name,
            # Classes belong to no namespace, so the name carries that of the workload.
            metadata=k8s.meta.v1.ObjectMetaArgs(name=pulumi.Output.concat(args["namespace"], ".", args["name"])),
            provisioner=PROVISIONER,
            parameters={"type": DISK_TYPES[storage.storage_class]},
            reclaim_policy="Retain",
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return storage_class.metadata.name
