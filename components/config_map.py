"""Settings and files that are no secret."""

import pulumi

from components.held import Held, HeldArgs


class ConfigMap(Held):
    """A ConfigMap; its keys are a pod's environment variables or files."""

    def __init__(self, name: str, args: HeldArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:config_map:ConfigMap", name, None, opts)
        self._hold(name, args, "ConfigMap", pulumi.Output.all(**args["data"]))
