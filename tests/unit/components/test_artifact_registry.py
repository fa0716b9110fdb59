"""Artifact Registry keeps Docker images, and the nodes may read them."""

from components.artifact_registry import ArtifactRegistry
from components.image_reader import ImageReader
from tests.unit.recording import record

NAME = "projects/example-project/locations/europe-west1/repositories/apps"


def test_the_repository_keeps_docker_images() -> None:
    place = {"project": "example-project", "location": "europe-west1", "repository": "apps"}
    repository = record(lambda: ArtifactRegistry("a", {**place})).one("Repository")  # pyright: ignore[reportArgumentType]
    assert repository.inputs == {
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
