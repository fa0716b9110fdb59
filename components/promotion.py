"""The image that another stack runs."""

from typing import Any, TypedDict

import pulumi


class PromotionArgs(TypedDict):
    """`stack` is one of the same project; `repository` is where the image must be; `digest`, if stated, is expected."""

    stack: str
    repository: str
    digest: str | None


class Promotion(pulumi.ComponentResource):
    """Hands on what another stack has tried: its output `image`, and nothing that it does not run."""

    digest: pulumi.Output[str]
    """`sha256:…`"""

    def __init__(self, name: str, args: PromotionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:promotion:Promotion", name, None, opts)

        path = f"{pulumi.get_organization()}/{pulumi.get_project()}/{args['stack']}"
        source = pulumi.StackReference(args["stack"], path, opts=pulumi.ResourceOptions(parent=self))

        self.digest = source.get_output("image").apply(lambda image: tried(args, image))
        self.register_outputs({"digest": self.digest})


def tried(args: PromotionArgs, image: Any) -> str:
    """The digest of the other stack's image. Raises RunError when it is not what this stack may run."""
    stack, repository, expected = args["stack"], args["repository"], args["digest"]
    found, _, digest = str(image or "").partition("@")
    if not digest:
        raise pulumi.RunError(
            f"image.promotedFrom = {stack}: that stack has no output `image`, so there is nothing to promote and "
            f"nothing was changed. Bring {stack} up first."
        )
    if found != repository:
        raise pulumi.RunError(
            f"image.promotedFrom = {stack}: that stack runs an image of {found}, which is not in {repository}, so no "
            "node could pull it from there and nothing was changed. Name the same image.repository in both."
        )
    if expected not in (None, digest):
        raise pulumi.RunError(
            f"image.digest = {expected}: {stack} runs {digest}, so nobody has tried this one and nothing was changed. "
            f"Deploy it to {stack} first, or remove image.digest to take what runs there; to go back to an older image "
            "at once, remove image.promotedFrom."
        )
    return digest
