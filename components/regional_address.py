"""The public address of a Service."""

from typing import TypedDict

import pulumi


class RegionalAddressArgs(TypedDict):
    name: pulumi.Input[str]
    region: pulumi.Input[str]


class RegionalAddress(pulumi.ComponentResource):
    """A reserved IPv4 address of one region, for a Service of type LoadBalancer, which it outlives."""

    address: pulumi.Output[str]

    def __init__(self, name: str, args: RegionalAddressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:regional_address:RegionalAddress", name, None, opts)

        reserved = pulumi.CustomResource(
            "gcp:compute/address:Address",
            name,
            {"name": args["name"], "region": args["region"], "addressType": "EXTERNAL", "address": None},
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.address = pulumi.get(reserved, "address")
        self.register_outputs({"address": self.address})
