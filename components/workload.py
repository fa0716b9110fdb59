"""The pods that serve."""

from typing import NotRequired

import pulumi
import pulumi_kubernetes as k8s

from components.pod import PodArgs, Pods, pod_template
from settings import labels
from settings.workload import SURGE, WorkloadSettings


class WorkloadArgs(PodArgs):
    """`migration` is the name of the Job that must have ended before the pods change."""

    name: str
    migration: NotRequired[pulumi.Input[str] | None]


class Workload(pulumi.ComponentResource):
    """A Deployment that meets the `restricted` Pod Security Standard and rolls without a failed request."""

    name: pulumi.Output[str]
    selector: pulumi.Output[dict[str, str]]
    """The label that only its pods have."""
    pods: Pods

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:workload:Workload", name, None, opts)

        settings, selector = args["workload"], {labels.NAME: args["name"]}
        migration = args.get("migration")
        timeout = f"{settings.timeout_seconds}s"
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args["name"],
                namespace=args["namespace"],
                labels=selector,
                # Known once the migration has succeeded, so that no pod starts before.
                annotations={"gke-webapp/migrated-by": migration} if migration else None,
            ),
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=settings.least,
                revision_history_limit=3,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
                strategy=k8s.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=k8s.apps.v1.RollingUpdateDeploymentArgs(max_unavailable=0, max_surge=SURGE),
                ),
                # A load balancer gets as long to learn of a new pod as it gets to forget an old one.
                min_ready_seconds=settings.min_ready_seconds,
                progress_deadline_seconds=settings.timeout_seconds,
                template=pod_template(args["name"], args, settings, spread=_spread(settings, selector)),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # The number of pods is the autoscaler's from its first decision on. Until then it stays what it was:
                # without the field, server-side apply would go back to the default of one pod.
                ignore_changes=["spec.replicas"] if settings.scaling else None,
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )

        self.name = deployment.metadata.name
        self.selector = self.name.apply(lambda workload: {labels.NAME: workload})
        self.pods = Pods(args["name"], settings, self.name)
        self.register_outputs({"name": self.name})


def _spread(settings: WorkloadSettings, selector: dict[str, str]) -> list[k8s.core.v1.TopologySpreadConstraintArgs]:
    """The pods of each version by themselves, so that a rollout ends as even as it began."""
    return [
        k8s.core.v1.TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=topology,
            when_unsatisfiable="DoNotSchedule" if settings.spread == "required" else "ScheduleAnyway",
            label_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
            match_label_keys=["pod-template-hash"],
        )
        for topology in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
