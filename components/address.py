"""The public address of the app."""

from typing import TypedDict

import pulumi
from pulumi_gcp.compute.global_address import GlobalAddress


class AddressArgs(TypedDict):
    name: pulumi.Input[str]


class Address(pulumi.ComponentResource):
    """A reserved global IPv4 address: it outlives every load balancer that is put behind it."""

    name: pulumi.Output[str]
    address: pulumi.Output[str]

    def __init__(self, name: str, args: AddressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:address:Address", name, None, opts)

        reserved = GlobalAddress(
            name,
            name=args["name"],
            address_type="EXTERNAL",
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = reserved.name
        self.address = reserved.address
        self.register_outputs({"name": self.name, "address": self.address})
