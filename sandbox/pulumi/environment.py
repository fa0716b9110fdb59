"""What the CLI runs with, in the sandbox's own commands and in the user's shell."""

import os

from sandbox.credentials import Credentials
from sandbox.home import VARIABLE, Home
from sandbox.private import write_private


def environment(home: Home) -> dict[str, str]:
    """Variables that make plain `pulumi` and `kubectl` work against the sandbox. None is a secret."""
    passphrase = Credentials.load_or_create(home).passphrase
    if not home.passphrase.exists() or home.passphrase.read_text() != passphrase:
        write_private(home.passphrase, passphrase.encode())
    home.backend.mkdir(parents=True, exist_ok=True)
    return {
        VARIABLE: str(home.root),
        "PATH": f"{home.bin}{os.pathsep}{_without(str(home.bin))}",
        "KUBECONFIG": str(home.root / "kubeconfig"),
        "PULUMI_HOME": str(home.pulumi),
        "PULUMI_BACKEND_URL": _backend(home),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase),
        # A plugin on PATH would reach the user's own cloud.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _backend(home: Home) -> str:
    """The sandbox's; in its shell a command may name another file backend, as `recover` does for a copy of a state."""
    given = os.environ.get("PULUMI_BACKEND_URL", "")
    inside = os.environ.get("PULUMI_HOME") == str(home.pulumi)
    return given if inside and given.startswith("file://") else f"file://{home.backend}"


def _without(directory: str) -> str:
    """PATH without this directory."""
    return os.pathsep.join(each for each in os.environ.get("PATH", "").split(os.pathsep) if each != directory)
