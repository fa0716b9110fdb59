"""Pulumi providers of the sandbox, each a real plugin: gcp and docker."""

import importlib.metadata
from collections.abc import Callable

from pulumi.provider.experimental.provider import Provider


def _gcp() -> Provider:
    from sandbox.providers.gcp.provider import GcpProvider

    return GcpProvider()


def _docker() -> Provider:
    from sandbox.providers.docker.provider import DockerProvider

    return DockerProvider()


BUILTIN: dict[str, Callable[[], Provider]] = {"gcp": _gcp, "docker": _docker}
"""Makes the provider of a Pulumi package; its modules are imported only then."""


def version(package: str) -> str:
    """The version a plugin reports: that of the SDK package the program was written with."""
    return importlib.metadata.version(f"pulumi-{package}")
