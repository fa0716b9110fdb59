"""Credentials, keys and certificates."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.config_object import ConfigObject, ConfigObjectArgs, base64_values

TLS_KEYS = {"tls.crt", "tls.key"}
"""Certificate with its chain, and private key; both PEM."""


class Secret(ConfigObject):
    """A Secret; its keys are a pod's environment variables or files. All values become secret outputs.

    With `tls.crt` and `tls.key` it is of type `kubernetes.io/tls`, which load balancers require.
    """

    def __init__(self, name: str, args: ConfigObjectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:secret:Secret", name, args, opts)
        secret = k8s.core.v1.Secret(
            name,
            metadata=self._metadata,
            immutable=self._immutable,
            data=pulumi.Output.all(**args["data"]).apply(base64_values),
            type="kubernetes.io/tls" if args["data"].keys() >= TLS_KEYS else None,
            opts=self._object_options,
        )
        self.name = secret.metadata.name
        self.register_outputs({"name": self.name})

    def _variable_source(self, key: str) -> k8s.core.v1.EnvVarSourceArgs:
        return k8s.core.v1.EnvVarSourceArgs(secret_key_ref=k8s.core.v1.SecretKeySelectorArgs(name=self.name, key=key))

    def _volume_source(self, items: Sequence[k8s.core.v1.KeyToPathArgs] | None) -> k8s.core.v1.SecretVolumeSourceArgs:
        return k8s.core.v1.SecretVolumeSourceArgs(secret_name=self.name, items=items)
