"""What the CLI's output and its event log say of a run."""

import json
from pathlib import Path
from typing import Any

from sandbox.graph.run import Run


def run(directory: Path, *events: dict[str, Any], status: int = 1, said: str = "") -> Run:
    log = directory / "events.json"
    log.write_text("\n".join(json.dumps(event) for event in events))
    return Run.of(status, '{"steps": []}', said, log)


def diagnostic(severity: str, message: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": severity, "message": f"{message}\n"}}


def violation(level: str) -> dict[str, Any]:
    event = {"policyName": "p", "message": "Rule.\nWhy.\n", "enforcementLevel": level, "resourceUrn": "urn"}
    return {"policyEvent": event}


def test_errors_are_those_of_the_engine_each_once(tmp_path: Path) -> None:
    failed = run(tmp_path, diagnostic("debug", "d"), diagnostic("error", "e"), diagnostic("error", "e"))
    assert failed.errors == ("e",)


def test_a_run_that_never_came_to_an_event_says_what_the_cli_said(tmp_path: Path) -> None:
    assert Run.of(255, "", "error: no such stack\n\n", tmp_path / "none").errors == ("error: no such stack",)


def test_what_policies_alone_refuse_is_evaluated(tmp_path: Path) -> None:
    refused = run(tmp_path, violation("mandatory"), diagnostic("error", "preview failed"))
    assert refused.errors == ()
    (found,) = refused.violations
    assert (found.level, found.title, found.message, found.urn) == ("mandatory", "Rule.", "Why.", "urn")


def test_a_program_that_fails_beside_a_violation_failed(tmp_path: Path) -> None:
    assert run(tmp_path, violation("advisory"), diagnostic("error", "no such colour")).errors == ("no such colour",)


def test_a_run_that_succeeds_has_warnings_and_no_errors(tmp_path: Path) -> None:
    done = run(tmp_path, diagnostic("warning", "b"), diagnostic("warning", "a"), status=0)
    assert (done.errors, done.warnings) == ((), ("a", "b"))
