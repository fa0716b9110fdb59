"""Commands in the app's image: once before a version serves, or at set times."""

from typing import Any

import pulumi
import pytest

from components.cron_job import CronJob
from components.migration import Migration
from components.pod import PodArgs
from settings.job import CronJobSettings, JobSettings
from settings.workload import WorkloadSettings
from tests.unit.recording import Recording, record

ONE, OTHER = (f"ghcr.io/example/app@sha256:{digit * 64}" for digit in "12")


def pod(image: str) -> PodArgs:
    return {
        "namespace": "ns",
        "image": image,
        "pull_secret": "regcred",
        "account": "app",
        "environment": {},
        "sources": [],
        "priority": None,
        "workload": WorkloadSettings.model_validate({"labels": {"type": "webserver"}, "command": ("serve",)}),
    }


def migrated(image: str = ONE, *, preview: bool = False) -> Recording:
    def program() -> None:
        job = JobSettings.model_validate({"command": ("migrate", "up")})
        migration = Migration("m", {**pod(image), "name": "migration", "job": job})
        pulumi.CustomResource("test:index:Probe", "probe", {"after": migration.name})

    return record(program, preview=preview)


def timed() -> Recording:
    job = CronJobSettings.model_validate({"command": ("report",), "schedule": "@daily"})
    return record(lambda: CronJob("c", {**pod(ONE), "name": "report", "job": job}))


def templates() -> list[dict[str, Any]]:
    timetable = timed().one("CronJob").inputs["spec"]["jobTemplate"]
    return [migrated().one("Job").inputs["spec"]["template"], timetable["spec"]["template"]]


def name(recorded: Recording) -> str:
    return recorded.one("Job").inputs["metadata"]["name"]


def test_a_migration_runs_once_for_each_image() -> None:
    assert name(migrated(ONE)) == name(migrated(ONE)) != name(migrated(OTHER))


def test_a_new_migration_does_not_wait_for_the_old_to_be_deleted() -> None:
    assert not migrated().one("Job").request.deleteBeforeReplace


def test_whatever_needs_a_migration_has_its_name_once_it_has_succeeded() -> None:
    recorded = migrated()
    assert recorded.one("Probe").inputs["after"] == name(recorded)
    assert recorded.one("Job").urn in recorded.one("Probe").needs


@pytest.mark.parametrize("template", templates(), ids=["migration", "cron job"])
def test_a_job_runs_its_command_in_the_image_as_restricted_as_the_app(template: dict[str, Any]) -> None:
    (container,) = template["spec"]["containers"]
    assert container["image"] == ONE
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    assert template["spec"]["restartPolicy"] == "Never"
    assert container["command"] in (["migrate", "up"], ["report"])


@pytest.mark.parametrize("template", templates(), ids=["migration", "cron job"])
def test_no_service_takes_a_job_for_a_pod_that_serves(template: dict[str, Any]) -> None:
    (label,) = template["metadata"]["labels"].items()
    assert label in (("app.kubernetes.io/name", "migration"), ("app.kubernetes.io/name", "report"))
    assert not template["spec"]["containers"][0].keys() & {"ports", "readinessProbe", "livenessProbe", "lifecycle"}
