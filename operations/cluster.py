"""A stack's cluster, asked with kubectl. Reads only."""

import json
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from operations.error import OperationError

Object = dict[str, Any]
"""A Kubernetes object, as JSON."""

PATIENCE = "30s"
"""How long an API server may take to answer."""


class Cluster:
    """`options` tell kubectl which cluster it is."""

    def __init__(self, *options: str) -> None:
        self._options = options

    @classmethod
    @contextmanager
    def of(cls, provider: Mapping[str, Any]) -> Generator["Cluster"]:
        """The cluster in a Kubernetes provider's inputs; what they leave out, kubectl takes from its own configuration.

        A kubeconfig that is given as text stands in a private file for as long as the block runs.
        """
        context = provider.get("context")
        options = ["--request-timeout", PATIENCE, *(["--context", str(context)] if context else [])]
        kubeconfig = str(provider.get("kubeconfig") or "")
        with TemporaryDirectory(prefix="status-") as directory:
            if "\n" in kubeconfig or kubeconfig.startswith("{"):
                file = Path(directory, "kubeconfig")
                file.write_text(kubeconfig)
                kubeconfig = str(file)
            yield cls(*options, *(["--kubeconfig", str(Path(kubeconfig).expanduser())] if kubeconfig else []))

    def objects(self, api_version: str, kind: str, namespace: str, **query: str) -> list[Object]:
        """A namespace's objects of a kind, each with both; none where the cluster does not know the kind.

        Raises OperationError when the cluster does not answer.
        """
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        plural = f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"
        address = f"{base}/namespaces/{namespace}/{plural}?{urlencode(query)}"
        done = self._run("get", "--raw", address)
        if done.returncode and "(NotFound)" in done.stderr:
            return []
        if done.returncode:
            raise OperationError(f"The cluster does not tell its {plural}: {done.stderr.strip()}")
        return [{**each, "apiVersion": api_version, "kind": kind} for each in json.loads(done.stdout)["items"]]

    def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> list[str]:
        """The last lines that a container wrote, or the one before it; none when they cannot be read."""
        options = ["--container", container, "--tail", str(lines), f"--previous={str(previous).lower()}"]
        done = self._run("logs", pod, "--namespace", namespace, *options)
        return [] if done.returncode else done.stdout.splitlines()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["kubectl", *self._options, *arguments]
        try:
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise OperationError("`kubectl` is not on PATH, so the cluster cannot be asked. Install it.") from None
