"""Settings and files that are not secret."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import ConfigObject, ConfigObjectArgs


class ConfigMap(ConfigObject):
    """A ConfigMap; its keys are a pod's environment variables or files."""

    def __init__(self, name: str, args: ConfigObjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:config_map:ConfigMap", name, args, opts)
        config_map = k8s.core.v1.ConfigMap(
            name,
            metadata=self._metadata,
            immutable=self._immutable,
            data=args["data"],
            opts=self._object_options,
        )
        self.name = config_map.metadata.name
        self.register_outputs({"name": self.name})

    def _variable_source(self, key: str) -> k8s.core.v1.EnvVarSourceArgs:
        return k8s.core.v1.EnvVarSourceArgs(
            config_map_key_ref=k8s.core.v1.ConfigMapKeySelectorArgs(name=self.name, key=key)
        )

    def _volume_source(
        self, items: Sequence[k8s.core.v1.KeyToPathArgs] | None
    ) -> k8s.core.v1.ConfigMapVolumeSourceArgs:
        return k8s.core.v1.ConfigMapVolumeSourceArgs(name=self.name, items=items)
