"""A batch job, the same on a schedule, and the script of both."""

import pulumi
from pulumi_kubernetes.batch.v1 import CronJob, Job
from pulumi_kubernetes.core.v1 import ConfigMap

config = pulumi.Config()
script = ConfigMap("script", data={"run.sh": "echo 3.14159\n"})

pod = {
    "spec": {
        "restartPolicy": "Never",
        "containers": [
            {
                "name": "compute",
                "image": config.require("image"),
                "command": config.get_object("command") or ["sh", "/script/run.sh"],
                "volumeMounts": [{"name": "script", "mountPath": "/script"}],
            }
        ],
        "volumes": [{"name": "script", "configMap": {"name": script.metadata.name}}],
    }
}

job = Job("compute", spec={"template": pod, "backoffLimit": 1})
CronJob(
    "nightly",
    spec={"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": pod}}},
    opts=pulumi.ResourceOptions(depends_on=[job]),
)

pulumi.export("succeeded", job.status.apply(lambda status: status.succeeded))
