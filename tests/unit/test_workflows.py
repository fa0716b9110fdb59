"""The workflows: nothing floats, nothing may do more than it must, no stranger's code meets a secret."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.pulumi.builds import CLI
from tests.unit.recording import REPOSITORY

GITHUB = REPOSITORY / ".github"
FILES = sorted([*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")])
WORKFLOWS = [path for path in FILES if path.parent.name == "workflows"]


def content(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())


def triggers(path: Path) -> Any:
    return content(path)[True]  # YAML 1.1 reads the key `on` so.


def name(path: Path) -> str:
    return str(path.relative_to(GITHUB))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    for line in path.read_text().splitlines():
        if (used := re.search(r"uses: (\S+)(.*)", line)) and not used[1].startswith("./"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used[1]), line
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[2]), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_permissions_are_given_job_by_job(path: Path) -> None:
    workflow = content(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert "write-all" not in job["permissions"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_no_workflow_runs_strangers_code_with_the_repository_s_rights(path: Path) -> None:
    assert not {"pull_request_target", "workflow_run"} & set(triggers(path))


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_no_expression_is_pasted_into_a_script(path: Path) -> None:
    for job in content(path)["jobs"].values():
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", "")


def test_what_a_fork_gets_has_no_credential() -> None:
    jobs = content(GITHUB / "workflows" / "preview.yml")["jobs"]
    assert jobs["diff"]["permissions"] == {"contents": "read"}
    assert "secrets." not in (GITHUB / "workflows" / "preview.yml").read_text()
    for each in ("preview", "comment", "comment-again"):
        assert "github.event.pull_request.head.repo.full_name == github.repository" in jobs[each]["if"]


def test_who_writes_the_comment_runs_nothing_of_the_pull_request() -> None:
    jobs = content(GITHUB / "workflows" / "preview.yml")["jobs"]
    writers = [job for job in jobs.values() if "pull-requests" in job["permissions"]]
    assert writers
    for job in writers:
        assert job["uses"] == "./.github/workflows/comment.yml"
        assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]
    (writer,) = content(GITHUB / "workflows" / "comment.yml")["jobs"].values()
    assert not [step for step in writer["steps"] if "checkout" in step.get("uses", "")]


def test_a_pull_request_s_preview_passes_the_rules_of_an_environment_of_its_stack() -> None:
    job = content(GITHUB / "workflows" / "preview.yml")["jobs"]["preview"]
    assert job["environment"] == "preview-${{ matrix.stack }}"
    (account,) = [step["with"]["service-account"] for step in job["steps"] if "service-account" in step.get("with", {})]
    assert account == "${{ fromJSON(vars.PREVIEW_SERVICE_ACCOUNTS)[matrix.stack] }}"


def test_plan_and_deployment_see_the_same_certificates() -> None:
    jobs = content(GITHUB / "workflows" / "deploy-stack.yml")["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if " --stack" in step.get("run", "")]
    changing = [run for run in runs if "pulumi preview" in run or "pulumi up" in run]
    assert len(changing) == 2
    assert all("--refresh" in run for run in changing)


def test_a_stack_is_changed_by_one_run_at_a_time_and_never_cut_off() -> None:
    for each in ("deploy-stack.yml", "destroy.yml"):
        concurrency = content(GITHUB / "workflows" / each)["concurrency"]
        assert concurrency == {"group": "stack-${{ inputs.stack }}", "cancel-in-progress": False}


def test_deployments_go_one_stack_after_the_other_and_apply_the_saved_plan() -> None:
    jobs = content(GITHUB / "workflows" / "deploy.yml")["jobs"]
    assert (jobs["staging"]["needs"], jobs["prod"]["needs"]) == ("dev", "staging")
    steps = content(GITHUB / "workflows" / "deploy-stack.yml")["jobs"]["apply"]["steps"]
    assert "--plan plan.json --skip-preview" in steps[-1]["run"]


def test_only_the_account_that_reads_is_used_before_an_approval() -> None:
    for path in WORKFLOWS:
        for job in content(path)["jobs"].values():
            for step in job.get("steps", ()):
                if step.get("with", {}).get("service-account") == "${{ vars.DEPLOY_SERVICE_ACCOUNT }}":
                    assert job["environment"] == "${{ inputs.stack }}", path


def script(workflow: str, job: str) -> str:
    """The only script of a job."""
    (run,) = [step["run"] for step in content(GITHUB / "workflows" / workflow)["jobs"][job]["steps"] if "run" in step]
    return run


def run(script: str, directory: Path, tool: str, answer: str, **environment: str) -> int:
    """Exit code of a step whose `tool` is the script `answer`."""
    tools = directory / "tools"
    tools.mkdir(exist_ok=True)
    (tools / tool).write_text(f"#!/bin/bash\n{answer}\n")
    (tools / tool).chmod(0o755)
    variables = {**environment, "PATH": f"{tools}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=directory, env=variables, check=False
    ).returncode


@pytest.mark.parametrize(
    ("answer", "code", "results"),
    [
        ("echo '3 unchanged'", 0, ["dev.clean"]),
        ("echo 'error: no changes were expected but changes were proposed'; exit 255", 0, ["dev.md"]),
        ("echo 'error: storage: 403' >&2; exit 255", 255, []),
    ],
    ids=["clean", "drift", "failed"],
)
def test_drift_is_told_from_an_error_which_fails_the_job(
    answer: str, code: int, results: list[str], tmp_path: Path
) -> None:
    assert run(script("drift.yml", "compare"), tmp_path, "pulumi", answer, STACK="dev") == code
    assert sorted(path.name for path in (tmp_path / "drift").iterdir()) == results


@pytest.mark.parametrize(("result", "done"), [("dev.clean", "close"), ("dev.md", "edit"), ("", None)])
def test_an_issue_of_drift_is_closed_only_after_a_clean_comparison(
    result: str, done: str | None, tmp_path: Path
) -> None:
    (tmp_path / "drift").mkdir()
    if result:
        (tmp_path / "drift" / result).touch()
    answer = 'if [ "$2" = list ]; then if [[ "$*" = *dev* ]]; then echo 7; fi; else echo "$2 $3" >> calls; fi'
    assert run(script("drift.yml", "report"), tmp_path, "gh", answer, RUN="https://github.com/run") == 0
    calls = tmp_path / "calls"
    assert (calls.read_text() if calls.exists() else "") == (f"{done} 7\n" if done else "")


def test_what_runs_in_a_container_may_ask_git_about_the_checkout() -> None:
    for path in WORKFLOWS:
        for job in content(path)["jobs"].values():
            steps = [str(step) for step in job.get("steps", ())]
            if "container" in job:
                (checkout,) = [number for number, step in enumerate(steps) if "actions/checkout" in step]
                assert "safe.directory" in steps[checkout + 1], path


def test_workflows_install_the_cli_that_the_sandbox_builds_and_its_tests_run() -> None:
    action = content(GITHUB / "actions" / "pulumi" / "action.yml")
    versions = [step["with"]["pulumi-version"] for step in action["runs"]["steps"]]
    assert versions == [CLI.version.removeprefix("v")]
