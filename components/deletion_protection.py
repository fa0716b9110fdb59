"""What keeps `pulumi destroy` from a stack that must stay."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi


class DeletionProtectionArgs(TypedDict):
    """`resources` are those that must stay while `enabled`: a component stands for all that is in it."""

    enabled: bool
    resources: Sequence[pulumi.Resource]


class DeletionProtection(pulumi.ComponentResource):
    """Refuses `pulumi destroy` before anything is deleted.

    The CLI deletes whatever no protected resource depends on before it reports that one is protected, so protecting the
    cluster alone would cost the app, its nodes and its DNS records. This resource is protected and depends on all
    others. It has no children and no inputs: no update ever has to replace or delete it, or is refused because of it.
    It is declared when protection is off, too: to leave the program, it would have to be unprotected already.
    """

    def __init__(self, name: str, args: DeletionProtectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        options = pulumi.ResourceOptions(protect=args["enabled"], depends_on=args["resources"])
        super().__init__(
            "gke-webapp:deletion_protection:DeletionProtection", name, None, pulumi.ResourceOptions.merge(opts, options)
        )
        self.register_outputs({})


def declared_resources() -> Sequence[pulumi.Resource]:
    """The resources that the program declares from now on; the sequence grows with each of them."""
    declared: list[pulumi.Resource] = []

    def append(args: pulumi.ResourceTransformationArgs) -> None:
        declared.append(args.resource)

    pulumi.runtime.register_stack_transformation(append)
    return declared
