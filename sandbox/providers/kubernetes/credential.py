"""How a kubeconfig signs in."""

from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException
from kubernetes.config.dateutil import parse_rfc3339
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import KubeConfigLoader

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.configuration import Connection


def configured(connection: Connection) -> Configuration:
    """The official client's configuration: server, authorities and credential.

    Raises SandboxError for a kubeconfig that names no usable cluster, or whose credential plugin fails.
    """
    configuration = Configuration()
    try:
        _Loader(
            connection.document,
            active_context=connection.context,
            config_base_path=str(connection.directory),
        ).load_and_set(configuration)
    except ConfigException as error:
        raise SandboxError(f"The kubeconfig does not name a usable cluster: {error}.") from None
    return configuration


class _Loader(KubeConfigLoader):
    """Raises when a credential plugin fails: the client's own loader only logs it, and goes on as nobody."""

    def _load_from_exec_plugin(self) -> Any:
        user, cluster = self._user, self._cluster
        if user is None or cluster is None or "exec" not in user:
            return None
        plugin = user["exec"]
        try:
            credential = ExecProvider(plugin, self._get_base_path(cluster.path), cluster).run()
        except (ConfigException, OSError) as error:
            raise SandboxError(
                f"The credential plugin {plugin['command']!r} of the kubeconfig failed: {error}. Without a "
                "credential nothing can be read or changed. Install it, or repair it, and run again."
            ) from None
        if "token" not in credential:
            # A client certificate.
            return super()._load_from_exec_plugin()
        self.token = f"Bearer {credential['token']}"
        if "expirationTimestamp" in credential:
            self.expiry = parse_rfc3339(credential["expirationTimestamp"])
        return self.token
