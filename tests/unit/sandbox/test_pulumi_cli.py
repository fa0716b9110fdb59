"""The CLI is a script here that writes down how it was called."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Put
from sandbox.engine.state import StateFile
from sandbox.engine.targets import Selection
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.project import Project
from sandbox.pulumi_cli import PulumiCli, resources

SCRIPT = """#!/bin/sh
echo "$@" >> "{calls}"
case "$1 $2" in
"stack import") test -e "{calls}.killed" || cp "$4" "{calls}.state" ;;
"stack export") cp "{calls}.state" "$4" 2>/dev/null || echo '{{}}' > "$4"; test ! -e "{calls}.killed" || exit 137 ;;
esac
test "$1" != destroy
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command = tmp_path / "path" / "pulumi"
    command.parent.mkdir()
    command.write_text(SCRIPT.format(calls=tmp_path / "calls"))
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/bin:/usr/bin")
    return tmp_path / "calls"


@pytest.fixture
def cli(home: Home, project: Project) -> PulumiCli:
    return PulumiCli(home, project, "dev", {"config": {}}, "passphrase", home.state / "shop" / "dev.json")


def verbs(calls: Path) -> list[str]:
    return [line.split(" --")[0] for line in calls.read_text().splitlines()]


def test_up_runs_without_questions_and_brings_the_state_back(cli: PulumiCli, calls: Path) -> None:
    assert cli.operate("up")
    assert verbs(calls) == ["stack init", "cancel", "up", "stack export"]
    assert "--yes --skip-preview" in calls.read_text()


def test_targets_are_handed_on(cli: PulumiCli, calls: Path) -> None:
    cli.operate("preview", targets=Selection.of(["web"], dependents=True))
    assert "--target **::web --target-dependents" in calls.read_text()


def test_a_failed_operation_still_brings_the_state_back(cli: PulumiCli, calls: Path) -> None:
    assert not cli.operate("destroy")
    assert verbs(calls)[-1] == "stack export"


def test_a_killed_export_leaves_the_state_as_it_was(cli: PulumiCli, calls: Path) -> None:
    cli.state.parent.mkdir(parents=True)
    cli.state.write_text('{"old": true}')
    calls.with_suffix(".killed").touch()
    calls.with_suffix(".state").write_text('{"ne')
    with pytest.raises(SandboxError, match="stack export"):
        cli.operate("up")
    assert cli.state.read_text() == '{"old": true}'


def test_a_preview_leaves_the_state_alone(cli: PulumiCli, calls: Path) -> None:
    cli.operate("preview")
    assert "stack export" not in verbs(calls)


def test_a_state_of_the_other_engine_goes_in_first(cli: PulumiCli, calls: Path) -> None:
    cli.state.parent.mkdir(parents=True)
    cli.state.write_text("{}")
    cli.operate("preview")
    assert verbs(calls) == ["stack init", "stack import", "preview"]


def test_what_a_killed_run_of_the_other_engine_did_goes_in_too(cli: PulumiCli, calls: Path) -> None:
    journal = StateFile(cli.state, "passphrase").journal()
    journal.append(Put(Resource(urn="urn:pulumi:dev::shop::fake:index:Thing::a", type="fake:index:Thing", id="a")))
    journal.close()
    cli.operate("preview")
    assert journal.path.exists()
    assert cli.operate("up")
    assert [entry["id"] for entry in resources(cli.state)] == ["a"]
    assert not journal.path.exists()
    assert verbs(calls) == ["stack init", "preview", "stack init", "stack import", "cancel", "up", "stack export"]


def test_nothing_is_written_beside_the_users_project(cli: PulumiCli, calls: Path, home: Home) -> None:
    before = {path: path.read_bytes() for path in cli.project.directory.glob("Pulumi*")}
    cli.operate("up")
    assert {path: path.read_bytes() for path in cli.project.directory.glob("Pulumi*")} == before
    written = home.root / "pulumi" / "shop"
    assert yaml.safe_load((written / "Pulumi.yaml").read_text())["main"] == str(cli.project.directory)
    assert stat.S_IMODE((written / "Pulumi.dev.yaml").stat().st_mode) == 0o600
    assert "passphrase\n" not in calls.read_text()


def test_a_command_that_fails_beside_the_operation_is_an_error(cli: PulumiCli, calls: Path) -> None:
    (calls.parent / "path" / "pulumi").write_text("#!/bin/sh\necho no backend >&2; exit 1\n")
    with pytest.raises(SandboxError, match=r"stack init(.|\n)*no backend"):
        cli.operate("up")


def test_a_stack_without_a_state_has_no_resources(cli: PulumiCli) -> None:
    assert resources(cli.state) == []
    cli.state.parent.mkdir(parents=True)
    cli.state.write_text(json.dumps({"version": 3, "deployment": {}}))
    assert resources(cli.state) == []
