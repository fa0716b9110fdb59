"""A PULUMI_HOME: the directory in which a CLI finds its plugins."""

import shlex
from importlib.metadata import version
from pathlib import Path

from sandbox.commands import module_command, write_script
from sandbox.home import VARIABLE, Home
from sandbox.pulumi.installation import KUBERNETES, Installation

SIMULATED = ("gcp", "docker")
"""Packages whose plugins are the sandbox's own."""


class PulumiHome:
    """Plugins in the versions that the installed SDK packages ask for, so that the CLI takes them without a warning."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def install(self, home: Home, installation: Installation) -> None:
        """All plugins of a sandbox."""
        self.install_language_host(installation)
        for package in SIMULATED:
            self.install_plugin(package, version(f"pulumi-{package}"), plugin_script(home, package))
        if installation.kubernetes_plugin != self._executable("kubernetes", KUBERNETES):
            self.install_plugin("kubernetes", KUBERNETES, installation.kubernetes_plugin)

    def install_language_host(self, installation: Installation) -> None:
        """Our language host for Python, where the CLI has none: one that is bundled with the CLI comes first anyway."""
        if runner := installation.program_runner:
            path = self.directory / "plugins" / f"language-python-v{version('pulumi')}" / "pulumi-language-python"
            write_script(path, f'#!/bin/sh\nexec {module_command("sandbox.pulumi.language", str(runner))} "$@"\n')

    def install_plugin(self, package: str, package_version: str, plugin: str | Path) -> None:
        """A resource plugin: the text of a script, or the path of an executable."""
        path = self._executable(package, package_version)
        if isinstance(plugin, str):
            write_script(path, plugin)
            return
        if path.is_symlink() and path.readlink() == plugin:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(plugin)

    def _executable(self, package: str, package_version: str) -> Path:
        directory = f"resource-{package}-v{package_version}"
        return self.directory / "plugins" / directory / f"pulumi-resource-{package}"


def plugin_script(home: Home, package: str) -> str:
    """A shell script that serves one of the sandbox's providers."""
    root = f"{VARIABLE}=${{{VARIABLE}:-{shlex.quote(str(home.root.resolve()))}}}"
    return f'#!/bin/sh\n{root} exec {module_command("sandbox.providers", package)} "$@"\n'
