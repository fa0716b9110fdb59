"""A project, a state and a simulated Google of a test's own, for the real CLI."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sandbox.pulumi.home import PulumiHome
from sandbox.pulumi.installation import KUBERNETES, Installation

ROOT = Path(__file__).parents[2]
STACK = "dev"


@dataclass(frozen=True)
class Workspace:
    directory: Path
    installation: Installation

    def write(self, program: str) -> None:
        """The program, and what the CLI needs beside it."""
        self.project.mkdir(exist_ok=True)
        self.google.parent.mkdir(exist_ok=True)
        runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
        (self.project / "Pulumi.yaml").write_text(json.dumps({"name": "demo", "runtime": runtime}))
        (self.project / "__main__.py").write_text(program)
        home = PulumiHome(self.directory / "pulumi-home")
        home.install_language_host(self.installation)
        for package, release, module in (
            ("gcp", version("pulumi-gcp"), "slow_google"),
            ("kubernetes", KUBERNETES, "kubernetes_stand_in"),
        ):
            script = f'PYTHONPATH={ROOT} exec {shlex.quote(sys.executable)} -P -m tests.cli.{module} "$@"'
            home.install_plugin(package, release, f"#!/bin/sh\n{script}\n")

    @property
    def project(self) -> Path:
        return self.directory / "project"

    @property
    def google(self) -> Path:
        """What exists at the simulated Google."""
        return self.directory / "google" / "google.json"

    @property
    def checkpoint(self) -> Path:
        """The state of the stack."""
        return self.directory / "backend" / ".pulumi" / "stacks" / "demo" / f"{STACK}.json"

    @property
    def environment(self) -> dict[str, str]:
        (self.directory / "backend").mkdir(exist_ok=True)
        foreign = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "GOOGLE_"))}
        return {
            **foreign,
            "PATH": f"{self.installation.pulumi.parent}:{os.environ['PATH']}",
            "GKE_WEBAPP_SANDBOX": str(self.google.parent),
            "PULUMI_HOME": str(self.directory / "pulumi-home"),
            "PULUMI_BACKEND_URL": f"file://{self.directory / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "passphrase",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",
        }

    def pulumi(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        done = self.run("pulumi", *arguments, "--non-interactive")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def up(self) -> str:
        return self.pulumi("up", "--yes", "--skip-preview")

    def steps(self, *arguments: str) -> list[tuple[str, str]]:
        """Operations and types of resources that a command begins, or would begin, in order; it has to succeed."""
        log = self.directory / "events.json"
        log.unlink(missing_ok=True)
        self.pulumi(*arguments, "--event-log", str(log))
        events = (json.loads(line) for line in log.read_text().splitlines())
        begun = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return [(each["op"], each["type"]) for each in begun if each["op"] != "same" and ":" in each["type"]]

    def kill_up_at(self, name: str, moment: str) -> int:
        """Kill the CLI while it creates what has this name at Google, before or after that exists; its process id."""
        paused, pause = self.google.parent / "paused", self.google.parent / "pause"
        paused.unlink(missing_ok=True)
        pause.write_text(f"{name} {moment}")
        command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
        with (self.directory / "killed.log").open("w") as log:
            cli = subprocess.Popen(command, cwd=self.project, env=self.environment, stdout=log, stderr=log)
        while not paused.exists():
            assert cli.poll() is None, (self.directory / "killed.log").read_text()
            time.sleep(0.05)
        cli.send_signal(signal.SIGKILL)
        cli.wait()
        pause.unlink()
        return cli.pid

    def recover(self, *options: str) -> subprocess.CompletedProcess[str]:
        place = ["--project", str(self.project), "--stack", STACK]
        return self.run(sys.executable, "-m", "operations", "recover", *place, *options)

    def existing(self) -> set[str]:
        """Google's names of what exists there."""
        return set(json.loads(self.google.read_text())) if self.google.exists() else set()

    def state(self) -> dict[str, Any]:
        return json.loads(self.checkpoint.read_text())["checkpoint"]["latest"]

    def ids(self) -> list[str]:
        """Of everything in the state that exists at Google."""
        return [each["id"] for each in self.state()["resources"] if each["type"].startswith("gcp:")]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        directory = ROOT if command[0] == sys.executable else self.project
        return subprocess.run(command, cwd=directory, env=self.environment, capture_output=True, text=True, check=False)
