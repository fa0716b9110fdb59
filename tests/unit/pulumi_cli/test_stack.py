import json
from pathlib import Path

import pytest
import yaml

import pulumi_yaml
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.project import Project
from sandbox.pulumi.passphrase import Passphrase
from sandbox.pulumi.stack import Stack
from sandbox.session import Session


def stack(home: Home, project: Path) -> Stack:
    return Stack(Session(home, Project(project), "dev"))


def test_the_stack_file_holds_the_users_values_under_the_overlays_and_no_secret_in_plain(
    home: Home, project: Path
) -> None:
    one = stack(home, project)
    one.write_file()
    session = Session(home, Project(project), "dev")
    content = yaml.safe_load(one.file.read_text())
    assert content["config"]["example:replicas"] == 2
    assert content["config"]["example:project"] == "sandbox"
    assert session.credentials.registry_token not in one.file.read_text()
    passphrase = Passphrase(session.credentials.passphrase, content["encryptionsalt"])
    assert passphrase.decrypt(content["config"]["example:token"]["secure"]) == session.credentials.registry_token
    assert one.file.stat().st_mode & 0o777 == 0o600


def test_what_the_cli_reads_as_text_stays_text(home: Home, project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config:\n  example:at: 12:30\n  example:debug: yes\n")
    one = stack(home, project)
    one.write_file()
    values = pulumi_yaml.load(one.file)["config"]
    assert (values["example:at"], values["example:debug"]) == ("12:30", "yes")


def test_the_salt_stays_when_the_stack_file_is_written_again(home: Home, project: Path) -> None:
    one = stack(home, project)
    one.write_file()
    before = yaml.safe_load(one.file.read_text())["encryptionsalt"]
    (project / "Pulumi.dev.yaml").write_text("config:\n  example:replicas: 3\n")
    stack(home, project).write_file()
    content = yaml.safe_load(one.file.read_text())
    assert content["config"]["example:replicas"] == 3
    assert content["encryptionsalt"] == before


def test_the_salt_of_a_state_is_used_where_the_stack_file_is_gone(home: Home, project: Path) -> None:
    credentials = Session(home, Project(project), "dev").credentials
    salt = Passphrase(credentials.passphrase).salt_state
    one = stack(home, project)
    one.checkpoint.parent.mkdir(parents=True)
    latest = {"secrets_providers": {"type": "passphrase", "state": {"salt": salt}}, "resources": []}
    one.checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    one.write_file()
    assert yaml.safe_load(one.file.read_text())["encryptionsalt"] == salt


def test_the_project_file_leads_to_the_users_program_and_virtual_environment(home: Home, project: Path) -> None:
    one = stack(home, project)
    one.write_project()
    written = yaml.safe_load((one.directory / "Pulumi.yaml").read_text())
    assert Path(written["main"]) == project
    assert Path(written["runtime"]["options"]["virtualenv"]).resolve() == project.parent / "venv"


def test_a_damaged_state_is_named_with_its_last_good_copy(home: Home, project: Path) -> None:
    one = stack(home, project)
    one.checkpoint.parent.mkdir(parents=True)
    one.checkpoint.write_text("{")
    with pytest.raises(SandboxError, match=r"dev\.json\.bak"):
        one.resources  # noqa: B018 - reading is what fails
