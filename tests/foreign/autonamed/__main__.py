"""A web server: nothing here has a name of its own, so each gets one that no other has."""

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ConfigMapVolumeSourceArgs,
    ContainerArgs,
    ContainerPortArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    Secret,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

config = pulumi.Config()
labels = {"app": "nginx"}

page = ConfigMap("page", data={"index.html": config.get("page") or "<h1>Hello</h1>"})
Secret("key", string_data={"key": pulumi.Output.secret("correct horse")})
deployment = Deployment(
    "nginx",
    spec=DeploymentSpecArgs(
        replicas=1,
        selector=LabelSelectorArgs(match_labels=labels),
        template=PodTemplateSpecArgs(
            metadata=ObjectMetaArgs(labels=labels),
            spec=PodSpecArgs(
                containers=[
                    ContainerArgs(
                        name="nginx",
                        image=config.require("image"),
                        ports=[ContainerPortArgs(container_port=80)],
                        volume_mounts=[VolumeMountArgs(name="page", mount_path="/usr/share/nginx/html")],
                    )
                ],
                volumes=[VolumeArgs(name="page", config_map=ConfigMapVolumeSourceArgs(name=page.metadata.name))],
            ),
        ),
    ),
)
service = Service(
    "nginx",
    metadata=ObjectMetaArgs(labels=deployment.spec.template.metadata.labels),
    spec=ServiceSpecArgs(ports=[ServicePortArgs(port=80)], selector=labels),
)

pulumi.export("deployment", deployment.metadata.name)
pulumi.export("page", page.metadata.name)
pulumi.export("address", service.spec.apply(lambda spec: spec.cluster_ip))
