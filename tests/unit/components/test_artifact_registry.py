"""Artifact Registry keeps Docker images, and the nodes may read them."""

from components.artifact_registry import ArtifactRegistry, ArtifactRegistryArgs
from tests.unit.recording import Resource, record


def repository() -> Resource:
    place: ArtifactRegistryArgs = {"project": "example-project", "location": "europe-west1", "repository": "apps"}
    return record(lambda: ArtifactRegistry("a", place)).one("Repository")


def test_destroying_the_stack_that_made_it_leaves_the_repository_and_its_images() -> None:
    options = repository().request
    assert options.retainOnDelete
    assert not options.protect, "the stack could not be destroyed"
