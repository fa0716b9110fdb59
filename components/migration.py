"""What must have been done before a new version serves."""

import hashlib
import json
from typing import Any

import pulumi

from components.pod import PodArgs, template
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
        pods = template(
            args["name"], args, args["workload"], {"command": list(settings.command)}, restartPolicy="Never"
        )
        timeout = f"{settings.timeout_seconds + args['workload'].timeout_seconds}s"
        job = pulumi.CustomResource(
            "kubernetes:batch/v1:Job",
            name,
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {
                    "name": pulumi.Output.json_dumps(pods).apply(lambda text: f"{args['name']}-{digest(text)}"),
                    "namespace": args["namespace"],
                },
                "spec": {
                    "backoffLimit": settings.retries,
                    "activeDeadlineSeconds": settings.timeout_seconds,
                    "template": pods,
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                # Created before the old one is deleted: its name is always another. The image is pulled meanwhile.
                custom_timeouts=pulumi.CustomTimeouts(create=timeout, update=timeout),
            ),
        )

        self.name = pulumi.get(job, "metadata")["name"]
        self.register_outputs({"name": self.name})


def digest(template: str) -> str:
    """10 hexadecimal digits that differ when the pod template (JSON) does."""
    canonical: Any = json.dumps(json.loads(template), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]
