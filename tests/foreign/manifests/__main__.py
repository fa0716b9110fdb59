"""Objects that are kept as YAML: one file as it is, and a group with prefixed names and one change."""

from typing import Any

import pulumi
from pulumi_kubernetes.yaml import ConfigFile, ConfigGroup

image = pulumi.Config().require("image")


def own_image(obj: dict[str, Any], _opts: pulumi.ResourceOptions) -> None:
    """The image of this stack, in every Deployment."""
    if obj["kind"] == "Deployment":
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image


web = ConfigFile("web", file="web.yaml", transformations=[own_image])
ConfigGroup("settings", files=["settings/*.yaml"], resource_prefix="blue")

pulumi.export("web", web.get_resource("apps/v1/Deployment", "foreign-web").metadata.name)
