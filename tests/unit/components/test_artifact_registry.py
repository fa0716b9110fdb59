"""Artifact Registry keeps Docker images, and the nodes may read them."""

from components.artifact_registry import ArtifactRegistry, ArtifactRegistryArgs
from components.image_reader import ImageReader
from tests.unit.recording import Resource, record

NAME = "projects/example-project/locations/europe-west1/repositories/apps"


def repository() -> Resource:
    place: ArtifactRegistryArgs = {"project": "example-project", "location": "europe-west1", "repository": "apps"}
    return record(lambda: ArtifactRegistry("a", place)).one("Repository")


def test_destroying_the_stack_that_made_it_leaves_the_repository_and_its_images() -> None:
    options = repository().request
    assert options.retainOnDelete
    assert not options.protect, "the stack could not be destroyed"


def test_the_repository_keeps_docker_images() -> None:
    assert repository().inputs == {
        "project": "example-project",
        "location": "europe-west1",
        "repositoryId": "apps",
        "format": "DOCKER",
    }


def test_nodes_may_read_one_repository_and_do_nothing_else() -> None:
    grant = record(lambda: ImageReader("r", {"repository": NAME, "account": "nodes@example.com"}))
    assert grant.one("RepositoryIamMember").inputs == {
        "project": "example-project",
        "location": "europe-west1",
        "repository": NAME,
        "role": "roles/artifactregistry.reader",
        "member": "serviceAccount:nodes@example.com",
    }
