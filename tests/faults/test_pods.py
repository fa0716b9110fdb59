"""Pods that cannot come up: `up` fails, `status` says why, and the old version serves on."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Checkout

pytestmark = pytest.mark.faults

NAMESPACE = "gke-webapp-dev"
TIMEOUT = 30
"""Seconds that the stack file gives a rollout."""

QUOTA = """\
apiVersion: v1
kind: ResourceQuota
metadata:
  name: one-pod
spec:
  hard:
    pods: "1"
"""


@pytest.fixture
def edited(checkout: Checkout) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Changes a key of the stack file of a stack that is up; put right afterwards."""
    checkout.succeed("up")
    paths = [checkout.directory / file for file in ("app/health.py", "app/settings.py", "Pulumi.dev.yaml")]
    files = {path: path.read_text() for path in paths}

    def edit(key: str, values: dict[str, Any]) -> None:
        path = checkout.directory / "Pulumi.dev.yaml"
        stack = yaml.safe_load(path.read_text())
        stack["config"].setdefault(f"gke-webapp:{key}", {}).update(values)
        path.write_text(yaml.safe_dump(stack))

    edit("workload", {"timeoutSeconds": TIMEOUT})
    yield edit
    for path, text in files.items():
        path.write_text(text)
    checkout.succeed("up")


def reasons(checkout: Checkout) -> str:
    """What `python -m operations status` says after an `up` that must fail; the version before it serves on."""
    done = checkout.run("up")
    assert done.returncode == 1, done.stdout
    assert "Deployment" in done.stdout
    assert json.loads(checkout.curl("/", https=True)[1]) == {"message": "Hello World"}
    status = checkout.shell(f"{sys.executable} -m operations status --stack dev")
    assert status.returncode == 1, status.stdout
    return status.stdout


@pytest.mark.usefixtures("edited")
def test_a_pod_that_never_becomes_ready_is_told_with_its_answers_and_its_log(checkout: Checkout) -> None:
    checkout.edit("app/health.py", 'return "pong"', "raise HTTPException(503)")
    said = reasons(checkout)
    assert "Readiness probe failed: HTTP probe failed with statuscode: 503" in said
    assert "Uvicorn running on" in said


@pytest.mark.usefixtures("edited")
def test_a_pod_that_crashes_is_told_with_the_end_of_its_log(checkout: Checkout) -> None:
    checkout.edit("app/settings.py", "settings = Settings()", 'raise SystemExit("no luck")')
    said = reasons(checkout)
    assert "no luck" in said


def test_an_image_that_does_not_exist_is_told_in_the_registrys_words(
    checkout: Checkout, edited: Callable[[str, dict[str, Any]], None]
) -> None:
    edited("image", {"digest": f"sha256:{'0' * 64}"})
    said = reasons(checkout)
    assert "ErrImagePull" in said or "ImagePullBackOff" in said
    assert "not found" in said


@pytest.mark.usefixtures("edited")
def test_a_quota_that_refuses_the_pod_is_told(checkout: Checkout, tmp_path: Path) -> None:
    quota = tmp_path / "quota.yaml"
    quota.write_text(QUOTA)
    checkout.kubectl("apply", f"--namespace={NAMESPACE}", f"--filename={quota}")
    try:
        checkout.edit("app/settings.py", "Hello World", "Hello nobody")
        said = reasons(checkout)
    finally:
        checkout.kubectl("delete", f"--namespace={NAMESPACE}", "resourcequota", "one-pod")
    assert "exceeded quota: one-pod" in said
