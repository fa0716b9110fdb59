"""Where Google keeps the stack's images."""

from typing import TypedDict

import pulumi
import pulumi_gcp as gcp


class ArtifactRegistryArgs(TypedDict):
    """`location` is a region or a multi-region, such as europe-west1 or europe."""

    project: str
    location: str
    repository: str


class ArtifactRegistry(pulumi.ComponentResource):
    """A Docker repository of Artifact Registry. It stays at Google when the stack is destroyed.

    Deleting it would delete its images, which other stacks run and roll back to.
    """

    name: pulumi.Output[str]
    """`projects/P/locations/L/repositories/R`, known once it is there."""

    def __init__(self, name: str, args: ArtifactRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:artifact_registry:ArtifactRegistry", name, None, opts)

        repository = gcp.artifactregistry.Repository(
            name,
            project=args["project"],
            location=args["location"],
            repository_id=args["repository"],
            format="DOCKER",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

        path = f"projects/{args['project']}/locations/{args['location']}/repositories/{args['repository']}"
        self.name = repository.id.apply(lambda _: path)
        self.register_outputs({"name": self.name})
