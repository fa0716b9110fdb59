"""The language host under the real CLI. With an installed CLI its own host is tested, which must do the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.pulumi.home import PulumiHome
from tests.cli.workspace import ROOT, STACK, Workspace

pytestmark = pytest.mark.cli

NETWORK = """
import pulumi_gcp as gcp

gcp.compute.Network("net", name="net", auto_create_subnetworks={automatic}, project="my-project")
"""

COMPONENT = """
from typing import TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host


class GreetingArgs(TypedDict):
    name: pulumi.Input[str]


class Greeting(pulumi.ComponentResource):
    def __init__(self, name: str, args: GreetingArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("greeting:index:Greeting", name, {}, opts)


component_provider_host(name="greeting", components=[Greeting])
"""


@pytest.fixture
def workspace(empty_workspace: Workspace) -> Workspace:
    empty_workspace.write(NETWORK.format(automatic=False))
    empty_workspace.pulumi("stack", "init", STACK)
    return empty_workspace


def processes(workspace: Workspace) -> list[str]:
    """Command lines of all processes that run for this workspace."""
    mark = f"PULUMI_HOME={workspace.directory / 'pulumi-home'}".encode()
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def wait_until_all_have_ended(workspace: Workspace) -> None:
    for _ in range(300):
        if not processes(workspace):
            return
        time.sleep(0.1)
    raise AssertionError(f"still running: {processes(workspace)}")


def started(workspace: Workspace) -> "subprocess.Popen[str]":
    """An `up` in a process group of its own, as a terminal has it, in the middle of creating a resource."""
    (workspace.google.parent / "pause").write_text("net before")
    up = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=workspace.project,
        env=workspace.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while not (workspace.google.parent / "paused").exists():
        assert up.poll() is None, up.communicate()[0]
        time.sleep(0.05)
    return up


def test_about_lists_the_packages_of_the_virtual_environment(workspace: Workspace) -> None:
    about = json.loads(workspace.pulumi("about", "--json", "--transitive"))
    assert {"pulumi", "pulumi-gcp"} <= {each["name"].replace("_", "-") for each in about["dependencies"]}
    assert about["runtime"]["version"].startswith("3.")


def test_the_plugins_that_installed_packages_need_are_loaded_in_their_versions(workspace: Workspace) -> None:
    assert json.loads(workspace.pulumi("preview", "--json"))["changeSummary"] == {"create": 2}


def test_an_exception_is_shown_with_the_users_own_lines(workspace: Workspace) -> None:
    workspace.write("def broken():\n    raise ValueError('no such thing')\n\nbroken()\n")
    done = workspace.run("pulumi", "preview", "--non-interactive")
    assert done.returncode != 0
    assert "ValueError: no such thing" in done.stdout + done.stderr
    assert "line 2, in broken" in done.stdout + done.stderr


def test_a_program_that_exits_with_a_status_fails_the_command(workspace: Workspace) -> None:
    workspace.write("import sys\nsys.exit(7)\n")
    done = workspace.run("pulumi", "preview", "--non-interactive")
    assert done.returncode != 0
    assert "exited with non-zero exit code: 7" in done.stdout + done.stderr


def test_ctrl_c_ends_the_program_without_a_traceback_and_without_an_orphan(workspace: Workspace) -> None:
    up = started(workspace)
    for _ in range(2):
        os.killpg(up.pid, signal.SIGINT)
        time.sleep(1)
    output = up.communicate(timeout=60)[0]
    assert up.returncode != 0
    assert "Traceback" not in output
    wait_until_all_have_ended(workspace)


def test_a_killed_cli_leaves_no_process(workspace: Workspace) -> None:
    up = started(workspace)
    assert any("pulumi-language-python" in each or "sandbox.pulumi.language" in each for each in processes(workspace))
    up.kill()
    up.communicate()
    wait_until_all_have_ended(workspace)


def test_the_policy_pack_refuses_what_breaks_a_rule(workspace: Workspace) -> None:
    pack = ["--policy-pack", str(ROOT / "policy"), "--non-interactive"]
    passed = workspace.run("pulumi", "preview", *pack)
    workspace.write(NETWORK.format(automatic=True))
    refused = workspace.run("pulumi", "preview", *pack)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert refused.returncode != 0
    assert "mandatory" in refused.stdout + refused.stderr


def test_a_component_package_in_python_tells_its_schema(workspace: Workspace) -> None:
    package = workspace.directory / "package"
    package.mkdir()
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    (package / "PulumiPlugin.yaml").write_text(json.dumps({"name": "greeting", "runtime": runtime}))
    (package / "__main__.py").write_text(COMPONENT)
    # The CLI wants the plugins of all packages that are installed beside it.
    PulumiHome(workspace.directory / "pulumi-home").install(Home.locate(), workspace.installation)
    schema = json.loads(workspace.pulumi("package", "get-schema", str(package)))
    assert list(schema["resources"]) == ["greeting:index:Greeting"]
