"""A repository with a project, and `python -m sandbox diff` on it."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import cli

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

google = pulumi.ResourceOptions(provider=Provider("google", project="example", region="europe-west1"))
pulumi.CustomResource("gcp:compute/globalAddress:GlobalAddress", "address", {"name": "NAME"}, google)
"""


def git(directory: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", directory, *who, *arguments], check=True, capture_output=True)


def repository(directory: Path) -> Path:
    """A project below the top of a repository, with one commit."""
    top = directory / "repository"
    directory = top / "project"
    directory.mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (directory / "__main__.py").write_text(PROGRAM.replace("NAME", "front"))
    for stack in ("dev", "prod"):
        (directory / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    git(top, "init", "--initial-branch=main")
    git(top, "add", ".")
    git(top, "commit", "--message=one")
    return directory


def run(monkeypatch: pytest.MonkeyPatch, project: Path, *arguments: str) -> int:
    """The exit code of `python -m sandbox diff` on the project."""
    monkeypatch.setattr(sys, "argv", ["sandbox", "diff", "--project", str(project), *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code
