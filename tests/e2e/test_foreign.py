"""Programs that know nothing of this project, brought up on the sandbox's cluster."""

import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.summary import unchanged
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

JOB = ["/pause", "--until-it-is-told-to-end"]

OBJECTS = {
    "autonamed": "deployment,service,configmap,secret",
    "guestbook": "namespace,deployment,service",
    "rbac": "namespace,serviceaccount,role,rolebinding,clusterrole,clusterrolebinding,pod",
    "custom": "customresourcedefinition",
    "stateful": "statefulset,service,persistentvolumeclaim",
    "manifests": "deployment,service,configmap",
    "job": "job,cronjob,configmap",
    "patches": "configmap",
}
"""What each program makes, and leaves none of."""


def operate(checkout: Checkout, operation: str, name: str) -> CompletedProcess[str]:
    return checkout.run(operation, "--project", f"tests/foreign/{name}")


def succeed(checkout: Checkout, operation: str, name: str) -> str:
    done = operate(checkout, operation, name)
    assert done.returncode == 0, done.stdout
    return done.stdout


def versions(checkout: Checkout, kinds: str) -> dict[str, str]:
    found = checkout.objects(kinds, "--all-namespaces")
    return {item["metadata"]["uid"]: item["metadata"]["resourceVersion"] for item in found}


@pytest.fixture(scope="module")
def image(checkout: Checkout) -> str:
    """The one image that every node has: it does nothing until it is told to end, and then ends well."""
    checkout.succeed("up")
    (node,) = checkout.objects("nodes")
    names = [name for found in node["status"]["images"] for name in found["names"]]
    return next(name for name in names if "/pause:" in name)


@contextmanager
def ended_jobs() -> Generator[None]:
    """Tells the containers of jobs to end as soon as they run."""
    over = threading.Event()

    def end() -> None:
        wanted = "\0".join([*JOB, ""]).encode()
        while not over.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if (process / "cmdline").read_bytes() == wanted:
                        os.kill(int(process.name), signal.SIGTERM)
                except (FileNotFoundError, ProcessLookupError):
                    continue
            time.sleep(0.5)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("name", OBJECTS)
def test_a_foreign_program_comes_up_stays_and_goes(checkout: Checkout, image: str, name: str) -> None:
    values = {f"foreign-{name}:image": image, f"foreign-{name}:command": JOB}
    stack = checkout.directory / "tests" / "foreign" / name / "Pulumi.dev.yaml"
    stack.write_text(yaml.safe_dump({"config": values}))
    before = set(versions(checkout, OBJECTS[name]))
    with ended_jobs():
        succeed(checkout, "up", name)
    made = versions(checkout, OBJECTS[name])
    assert set(made) - before

    assert unchanged(succeed(checkout, "up", name))
    settled = versions(checkout, OBJECTS[name])
    assert set(settled) == set(made), "an unchanged `up` makes nothing and removes nothing"

    succeed(checkout, "destroy", name)
    # The claims of a StatefulSet are deleted by its controller, after it.
    until(lambda: set(versions(checkout, OBJECTS[name])) <= before, 60, "nothing of it is left")


def test_an_image_that_does_not_exist_fails_up_with_the_pods_own_reason(checkout: Checkout) -> None:
    project = checkout.directory / "tests" / "foreign" / "rbac"
    (project / "Pulumi.dev.yaml").write_text(
        yaml.safe_dump({"config": {"foreign-rbac:image": "localhost:1/nothing:here"}})
    )
    source = (project / "__main__.py").read_text()
    timed = "    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='30s')),\n)\n\npulumi.export"
    (project / "__main__.py").write_text(source.replace(")\n\npulumi.export", timed))
    try:
        done = operate(checkout, "up", "rbac")
    finally:
        (project / "__main__.py").write_text(source)
        succeed(checkout, "destroy", "rbac")
    assert done.returncode == 1
    assert "Pod" in done.stdout and "localhost:1/nothing:here" in done.stdout
    assert "ErrImagePull" in done.stdout or "ImagePullBackOff" in done.stdout
