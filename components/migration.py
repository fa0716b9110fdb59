"""The job that has to succeed before a new version serves."""

import hashlib
import json
import re
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.pod import PodArgs, pod_template
from settings.job import JobSettings


class MigrationArgs(PodArgs):
    name: str
    job: JobSettings


class Migration(pulumi.ComponentResource):
    """A Job in the app's image. Its name carries a digest of its pod template: each runs once."""

    name: pulumi.Output[str]
    """Known once the Job has succeeded."""

    def __init__(self, name: str, args: MigrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:migration:Migration", name, None, opts)

        settings = args["job"]
        template = pod_template(args["name"], args, args["workload"], job_command=settings.command)
        content = pulumi.Output.json_dumps(template, default=vars).apply(digest)
        timeout = f"{settings.timeout_seconds + args['workload'].timeout_seconds}s"
        job = k8s.batch.v1.Job(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=pulumi.Output.format("{0}-{1}", args["name"], content), namespace=args["namespace"]
            ),
            spec=k8s.batch.v1.JobSpecArgs(
                backoff_limit=settings.retries, active_deadline_seconds=settings.timeout_seconds, template=template
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                # Created before the old one is deleted: its name is always another. The image is pulled meanwhile.
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )

        self.name = job.metadata.name
        self.register_outputs({"name": self.name})


def digest(template: str) -> str:
    """10 hexadecimal digits that differ when the pod template (JSON of the SDK's types) does.

    It is over the API's spelling of the keys: changed, no migration of a deployed stack would be known to have run.
    """
    canonical = json.dumps(json.loads(template, object_pairs_hook=_camel_case), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def _camel_case(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {re.sub("_(.?)", lambda match: match[1].upper(), key): value for key, value in pairs}
