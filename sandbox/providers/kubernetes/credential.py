"""How a kubeconfig signs in."""

import ssl
import threading
from tempfile import TemporaryDirectory
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config import ConfigException
from kubernetes.config.dateutil import parse_rfc3339
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import KubeConfigLoader

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.configuration import Connection

_LOADING = threading.Lock()
"""The loader has one file for each content, which two directories cannot share."""


def configured(connection: Connection) -> tuple[Configuration, ssl.SSLContext]:
    """The official client's configuration: server and token; and TLS with its authorities and client certificate.

    Raises SandboxError for a kubeconfig that names no usable cluster, or whose credential plugin fails.
    """
    configuration = Configuration()
    try:
        # The loader writes what the kubeconfig holds to files, which it would remove only at a regular exit.
        with _LOADING, TemporaryDirectory() as directory:
            _Loader(
                connection.document,
                active_context=connection.context,
                config_base_path=str(connection.directory),
                temp_file_path=directory,
            ).load_and_set(configuration)
            context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
            if configuration.cert_file:
                context.load_cert_chain(configuration.cert_file, configuration.key_file)
    except (ConfigException, ssl.SSLError) as error:
        raise SandboxError(f"The kubeconfig does not name a usable cluster: {error}.") from None
    context.check_hostname = configuration.verify_ssl
    configuration.ssl_ca_cert = configuration.cert_file = configuration.key_file = None
    return configuration, context


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
