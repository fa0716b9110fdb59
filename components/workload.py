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
        annotations = {
            # Known once the migration is over, so that no pod runs ahead of it.
            **({"gke-webapp/migrated-by": migration} if migration else {}),
            # An autoscaler that was there before owns spec.replicas, which would be a conflict.
            **({} if settings.scaling else {"pulumi.com/patchForce": "true"}),
        }
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
                    # An autoscaler alone decides how many: a number here would undo its work with every rollout.
                    **({} if settings.scaling else {"replicas": settings.replicas}),
                    "revisionHistoryLimit": 3,
                    "selector": {"matchLabels": selector},
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": SURGE},
                    },
                    # A load balancer gets as long to learn of a new pod as it gets to forget an old one.
                    "minReadySeconds": settings.drain_seconds,
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
