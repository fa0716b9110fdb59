"""A secret of the stack is in no output, plan, log, plain state, rendered or temporary file."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Checkout

pytestmark = pytest.mark.e2e

CANARY = "canary-of-a-password-83b1"
COMMANDS = """\
pulumi preview --diff
pulumi preview --json --save-plan plan.json
pulumi up --yes --event-log={files}/events.json
pulumi up --yes --plan plan.json
pulumi refresh --yes --diff
pulumi stack export --file {files}/state.json
pulumi stack output --json
pulumi stack graph {files}/graph.dot
pulumi config --json
pulumi about --json
python -m operations recover --stack dev
"""
KEEPERS = ("credentials.json", "passphrase", "pki", "cluster")
"""What in the sandbox's directory has to hold secrets: its own, and the disks of the cluster."""


@pytest.fixture
def password(checkout: Checkout) -> Iterator[str]:
    """A secret variable of the app."""
    overlay = checkout.directory / "sandbox.yaml"
    good = overlay.read_text()
    checkout.succeed("up")
    changed = yaml.safe_load(good)
    changed["config"]["gke-webapp:secretVariables"] = {"PASSWORD": {"secret": CANARY}}
    changed["config"]["gke-webapp:workload"] = {"timeoutSeconds": 30}
    overlay.write_text(yaml.safe_dump(changed))
    yield CANARY
    overlay.write_text(good)
    checkout.succeed("up")


def test_no_secret_is_written_anywhere(checkout: Checkout, tmp_path: Path, password: str) -> None:
    files = tmp_path / "files"
    files.mkdir()
    checkout.shell_output(COMMANDS.format(files=files), TMPDIR=str(tmp_path), PULUMI_DEBUG_COMMANDS="true")
    checkout.edit("app/settings.py", '"Hello World"', 'open("/nowhere").read()')
    failed = checkout.shell("pulumi up --yes", TMPDIR=str(tmp_path))
    checkout.edit("app/settings.py", 'open("/nowhere").read()', '"Hello World"')
    assert failed.returncode != 0
    (secret,) = [
        each
        for each in checkout.objects("secrets", "--namespace", "gke-webapp-dev")
        if "PASSWORD" in each.get("data", {})
    ]
    assert base64.b64decode(secret["data"]["PASSWORD"]).decode() == password

    own = json.loads((checkout.home / "credentials.json").read_text())
    plain = [password, own["registry_token"], own["passphrase"]]
    wanted = [*plain, *(base64.b64encode(each.encode()).decode().rstrip("=") for each in plain)]
    sandbox = [each for each in checkout.home.iterdir() if each.name not in KEEPERS]
    written = [checkout.directory / "transcript", checkout.directory / "plan.json", tmp_path, *sandbox]
    for file in (each for place in written for each in (place, *place.rglob("*")) if each.is_file()):
        text = file.read_text(errors="replace")
        assert not [each for each in wanted if each in text], f"a secret is in {file}"
    (checkout.directory / "plan.json").unlink()
