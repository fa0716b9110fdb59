"""No pod starts, or changes, before the network policies that are for it."""

import pytest

from tests.unit.projects import STACKS, Stack, record, recorded
from tests.unit.recording import REPOSITORY, Recording, record_stack

MIGRATED = {
    "gke-webapp:workload": {
        "migration": {"command": ["migrate"]},
        "cronJobs": {"nightly": {"schedule": "@daily", "command": ["clean"]}},
    }
}
"""Pods that run before and beside those that serve."""

RUN_PODS = ("Deployment", "StatefulSet", "Job", "CronJob")


def assert_policies_first(graph: Recording) -> None:
    runners = [each for kind in RUN_PODS for each in graph.of(kind)]
    assert runners and graph.of("NetworkPolicy")
    for policy in graph.of("NetworkPolicy"):
        after = graph.deleted_before(policy)
        assert [each.urn for each in runners if each.urn not in after] == [], f"may run before {policy.name}"


@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_policies_stand_before_the_pods_that_they_are_for(stack: Stack) -> None:
    assert_policies_first(recorded(stack))


def test_a_migration_and_a_cron_job_wait_for_the_policies_too() -> None:
    graph = record(Stack(REPOSITORY, "dev"), MIGRATED)
    assert graph.of("Job") and graph.of("CronJob")
    assert_policies_first(graph)


def test_the_namespace_of_pods_is_known_in_a_preview_with_a_new_policy() -> None:
    """Unknown, it would show a replacement of every Deployment."""
    preview = record_stack("dev", preview=True, cloud={})
    assert preview.one("Deployment").inputs["metadata"]["namespace"] == "gke-webapp-dev"
