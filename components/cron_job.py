"""What is done at set times."""

import pulumi

from components.pod import PodArgs, template
from settings.job import CronJobSettings


class CronJobArgs(PodArgs):
    name: str
    job: CronJobSettings


class CronJob(pulumi.ComponentResource):
    """A CronJob in the app's image."""

    def __init__(self, name: str, args: CronJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:cron_job:CronJob", name, None, opts)

        settings = args["job"]
        pulumi.CustomResource(
            "kubernetes:batch/v1:CronJob",
            name,
            {
                "apiVersion": "batch/v1",
                "kind": "CronJob",
                "metadata": {"name": args["name"], "namespace": args["namespace"]},
                "spec": {
                    "schedule": settings.schedule,
                    "timeZone": settings.time_zone,
                    "concurrencyPolicy": "Forbid",
                    # Without it a control plane that was away for long enough never starts the job again.
                    "startingDeadlineSeconds": 300,
                    "successfulJobsHistoryLimit": 1,
                    "failedJobsHistoryLimit": 3,
                    "jobTemplate": {
                        "spec": {
                            "backoffLimit": settings.retries,
                            "activeDeadlineSeconds": settings.timeout_seconds,
                            "template": template(
                                args["name"],
                                args,
                                args["workload"],
                                {"command": list(settings.command)},
                                restartPolicy="Never",
                            ),
                        }
                    },
                },
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
