"""Commands that run at set times."""

import pulumi
import pulumi_kubernetes as k8s

from components.pod import PodArgs, pod_template
from settings.job import CronJobSettings


class CronJobArgs(PodArgs):
    name: str
    job: CronJobSettings


class CronJob(pulumi.ComponentResource):
    """A CronJob in the app's image."""

    def __init__(self, name: str, args: CronJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:cron_job:CronJob", name, None, opts)

        settings = args["job"]
        k8s.batch.v1.CronJob(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=k8s.batch.v1.CronJobSpecArgs(
                schedule=settings.schedule,
                time_zone=settings.time_zone,
                concurrency_policy="Forbid",
                # Without it a control plane that was away for long enough never starts the job again.
                starting_deadline_seconds=300,
                successful_jobs_history_limit=1,
                failed_jobs_history_limit=3,
                job_template=k8s.batch.v1.JobTemplateSpecArgs(
                    spec=k8s.batch.v1.JobSpecArgs(
                        backoff_limit=settings.retries,
                        active_deadline_seconds=settings.timeout_seconds,
                        template=pod_template(args["name"], args, args["workload"], job_command=settings.command),
                    ),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
