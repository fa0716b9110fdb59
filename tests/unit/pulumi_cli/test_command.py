import stat
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.pulumi.command import Command
from sandbox.pulumi.environment import environment


def files(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("arguments", [["up", "--stack", "dev"], ["stack", "init", "dev"], ["stack", "rm", "dev"]])
def test_the_users_files_are_not_touched(arguments: list[str], home: Home, pulumi: Path, project: Path) -> None:
    assert pulumi
    before = files(project)
    Command.prepare(home, [*arguments, "--cwd", str(project)])
    assert files(project) == before


def test_a_command_reads_the_stack_file_that_was_written_for_it(home: Home, pulumi: Path, project: Path) -> None:
    command = Command.prepare(home, ["preview", "--stack", "dev", "--diff", "--cwd", str(project)])
    assert command.arguments == [str(pulumi), "preview", "--stack", "dev", "--diff", "--cwd", str(project)]
    written = Path(command.environment["PULUMI_OPTION_CONFIG_FILE"])
    assert written.is_relative_to(home.root)
    assert "sandbox" in written.read_text()


@pytest.mark.parametrize("arguments", [["stack", "init", "dev"], ["destroy", "--remove"], ["stack", "rm", "dev"]])
def test_a_command_that_writes_or_deletes_a_stack_file_runs_in_a_directory_of_the_sandbox(
    arguments: list[str], home: Home, pulumi: Path, project: Path
) -> None:
    command = Command.prepare(home, [*arguments, "--cwd", str(project)])
    assert command.arguments == [str(pulumi), "--cwd", str(home.projects / "example"), *arguments]


def test_a_file_of_the_command_line_is_meant_where_the_user_is(
    home: Home, pulumi: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pulumi
    monkeypatch.chdir(project)
    for argument in (["--file", "state.json"], ["--file=state.json"]):
        assert str(project / "state.json") in Command.prepare(home, ["stack", "export", *argument]).arguments[-1]


def test_the_stack_that_was_selected_is_the_one_that_is_meant(
    home: Home, pulumi: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pulumi
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    assert Command.prepare(home, ["up", "--cwd", str(project)]).environment["PULUMI_STACK"] == "selected"
    monkeypatch.setenv("PULUMI_STACK", "staging")
    assert Command.prepare(home, ["up", "--cwd", str(project)]).environment["PULUMI_STACK"] == "staging"


def test_config_set_is_refused_with_the_file_to_edit(home: Home, pulumi: Path, project: Path) -> None:
    assert pulumi
    with pytest.raises(SandboxError, match=rf"Edit Pulumi\.<stack>\.yaml in {project}"):
        Command.prepare(home, ["config", "set", "replicas", "3", "--cwd", str(project)])


def test_a_stack_file_of_another_place_is_refused(home: Home, pulumi: Path, project: Path) -> None:
    assert pulumi
    with pytest.raises(SandboxError, match="--config-file"):
        Command.prepare(home, ["up", "--config-file", "other.yaml", "--cwd", str(project)])


def test_plugins_on_path_are_never_used_since_they_would_reach_the_users_cloud(home: Home, pulumi: Path) -> None:
    assert pulumi
    assert Command.prepare(home, ["version"]).environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_the_users_passphrase_is_kept_from_the_cli_which_would_prefer_it(
    home: Home, pulumi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pulumi
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "the user's own")
    assert "PULUMI_CONFIG_PASSPHRASE" not in Command.prepare(home, ["version"]).environment


def test_the_environment_names_the_passphrase_by_a_private_file_only(home: Home) -> None:
    variables = environment(home)
    file = Path(variables["PULUMI_CONFIG_PASSPHRASE_FILE"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() not in "".join(variables.values())
