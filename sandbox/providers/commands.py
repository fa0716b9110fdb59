"""The executables that stand in for provider plugins and Google's credential helper on PATH."""

import shlex
import sys
from pathlib import Path

from sandbox.home import VARIABLE, Home
from sandbox.providers import BUILTIN, SIMULATED

ROOT = Path(__file__).resolve().parents[2]

PLUGIN = """\
#!/bin/sh
{variable}=${{{variable}:-{home}}} PYTHONPATH={root} exec {python} -P -m sandbox.providers {package} "$@"
"""
"""-P: the program's own directory, the working directory of a plugin, must not shadow our modules."""

CREDENTIAL = """\
#!/bin/sh
# The token of the local cluster, by the protocol of Kubernetes' credential plugins.
token=${{{variable}:-{home}}}/pki/admin.token
if [ ! -r "$token" ]; then
    echo "gke-gcloud-auth-plugin: cannot read $token: the sandbox's cluster is not running. Start it." >&2
    exit 1
fi
printf '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1",'
printf '"spec":{{}},"status":{{"token":"%s"}}}}\\n' "$(cat "$token")"
"""


def install(home: Home) -> None:
    """Write `pulumi-resource-*` to `home.plugins`, or `home.bin` if simulated, and there `gke-gcloud-auth-plugin`."""
    quoted = {
        "variable": VARIABLE,
        "home": shlex.quote(str(home.root.resolve())),
        "root": shlex.quote(str(ROOT)),
        "python": shlex.quote(sys.executable),
    }
    for package in BUILTIN:
        directory = home.bin if package in SIMULATED else home.plugins
        _write(directory / f"pulumi-resource-{package}", PLUGIN.format(package=package, **quoted))
    _write(home.bin / "gke-gcloud-auth-plugin", CREDENTIAL.format(**quoted))


def _write(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
