"""The commands that the sandbox puts first on PATH: `pulumi`, and Google's credential helper."""

import os
import shlex
import sys
from pathlib import Path

from sandbox.home import VARIABLE, Home

ROOT = Path(__file__).resolve().parents[1]

MARK = "# The Pulumi CLI on the sandbox:"

PULUMI = f"""\
#!/bin/sh
{MARK} writes the stack file with the sandbox's values, then executes the real one.
{{variable}}={{home}} exec {{command}} "$@"
"""

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


def module_command(module: str, *arguments: str) -> str:
    """Shell text that runs a module of this repository, whatever the working directory and its modules are.

    PYTHONPATH stays as it is: what is started inherits it, programs of other checkouts among them.
    """
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module({module!r}, run_name='__main__')"
    # -P: the working directory, which is that of the user's program, must not shadow our modules.
    return shlex.join([sys.executable, "-P", "-c", code, *arguments])


def is_sandbox_command(path: Path) -> bool:
    """Whether it is the `pulumi` of this sandbox, or of another one."""
    with path.open("rb") as file:
        return MARK.encode() in file.read(200)


def install(home: Home) -> None:
    """Write them to `home.bin`."""
    values = {
        "variable": VARIABLE,
        "home": shlex.quote(str(home.root.resolve())),
        "command": module_command("sandbox.pulumi"),
    }
    for name, script in {"pulumi": PULUMI, "gke-gcloud-auth-plugin": CREDENTIAL}.items():
        write_script(home.bin / name, script.format(**values))


def write_script(path: Path, script: str) -> None:
    """Make an executable of a shell script; another command may be starting the one that is there."""
    if path.exists() and path.read_text() == script:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(script)
    draft.chmod(0o755)
    draft.replace(path)
