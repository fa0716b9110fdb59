"""The namespace admits only restricted pods."""

from components.namespace import Namespace
from tests.unit.recording import record


def test_pods_that_break_the_restricted_standard_are_refused_and_reported() -> None:
    labels = record(lambda: Namespace("n", {"name": "app"})).one("Namespace").inputs["metadata"]["labels"]
    assert labels == {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
