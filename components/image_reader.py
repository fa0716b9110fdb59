"""The nodes' right to pull images from Artifact Registry."""

from typing import TypedDict

import pulumi
import pulumi_gcp as gcp

ROLE = "roles/artifactregistry.reader"


class ImageReaderArgs(TypedDict):
    """`repository` is `projects/P/locations/L/repositories/R`; `account` is an e-mail address."""

    repository: pulumi.Input[str]
    account: pulumi.Input[str]


class ImageReader(pulumi.ComponentResource):
    """A service account may read one repository, and no other of the project."""

    repository: pulumi.Output[str]
    """Known once the right is granted."""

    def __init__(self, name: str, args: ImageReaderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:image_reader:ImageReader", name, None, opts)

        repository = pulumi.Output.from_input(args["repository"])
        grant = gcp.artifactregistry.RepositoryIamMember(
            name,
            project=repository.apply(lambda path: path.split("/")[1]),
            location=repository.apply(lambda path: path.split("/")[3]),
            repository=repository,
            role=ROLE,
            member=pulumi.Output.concat("serviceAccount:", args["account"]),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.repository = grant.repository
        self.register_outputs({"repository": self.repository})
