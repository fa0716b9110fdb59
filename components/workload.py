"""The pods that serve."""

from typing import Any, NotRequired

import pulumi

from components.container import serving
from components.pod import ENDING, PodArgs, Pods, template
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
        # Known once the migration is over, so that no pod runs ahead of it.
        annotations = {"gke-webapp/migrated-by": migration} if migration else {}
        deployment = pulumi.CustomResource(
            "kubernetes:apps/v1:Deployment",
            name,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {
                    "name": args["name"],
                    "namespace": args["namespace"],
                    "labels": selector,
                    **({"annotations": annotations} if annotations else {}),
                },
                "spec": {
                    "replicas": settings.least,
                    "revisionHistoryLimit": 3,
                    "selector": {"matchLabels": selector},
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": SURGE},
                    },
                    # A load balancer gets as long to learn of a new pod as it gets to forget an old one.
                    "minReadySeconds": settings.min_ready_seconds,
                    "progressDeadlineSeconds": settings.timeout_seconds,
                    "template": template(
                        args["name"],
                        args,
                        settings,
                        serving(settings),
                        settings.labels,
                        terminationGracePeriodSeconds=settings.drain_seconds + ENDING,
                        topologySpreadConstraints=_spread(settings, selector),
                    ),
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # The number of pods is the autoscaler's from its first decision on. Until then it stays what it was:
                # without the field, server-side apply would go back to the default of one pod.
                ignore_changes=["spec.replicas"] if settings.scaling else None,
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )

        self.name = pulumi.get(deployment, "metadata")["name"]
        self.selector = self.name.apply(lambda deployed: {labels.NAME: deployed})
        self.pods = Pods(args["name"], settings, self.name)
        self.register_outputs({"name": self.name})


def _spread(settings: WorkloadSettings, selector: dict[str, str]) -> list[dict[str, Any]]:
    """The pods of each version by themselves, so that a rollout ends as even as it began."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": topology,
            "whenUnsatisfiable": "DoNotSchedule" if settings.spread == "required" else "ScheduleAnyway",
            "labelSelector": {"matchLabels": selector},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for topology in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
