"""The DNS by which a network reaches Google's APIs at addresses that a NetworkPolicy can name."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.dns.managed_zone import ManagedZone
from pulumi_gcp.dns.record_set import RecordSet

from settings.naming import google_apis_zone

DOMAIN = "googleapis.com."

ADDRESSES = tuple(f"199.36.153.{host}" for host in range(8, 12))
"""private.googleapis.com: VPC, "Private Google Access", "Domain options"."""

RECORDS: Mapping[tuple[str, str], Sequence[str]] = {
    (f"private.{DOMAIN}", "A"): ADDRESSES,
    (f"*.{DOMAIN}", "CNAME"): (f"private.{DOMAIN}",),
}
"""Data by name and type: VPC, "Configure Private Google Access", "Configure DNS"."""

TTL = 300
"""Seconds; as in that documentation."""


class PrivateGoogleAccessArgs(TypedDict):
    """`network` is the resource name of a network; its subnets need `privateIpGoogleAccess`."""

    name: str
    network: pulumi.Input[str]


class PrivateGoogleAccess(pulumi.ComponentResource):
    """A private zone of one network, in which the names of all Google APIs lead to private.googleapis.com."""

    def __init__(self, name: str, args: PrivateGoogleAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:private_google_access:PrivateGoogleAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        zone = ManagedZone(
            name,
            name=google_apis_zone(args["name"]),
            description="Google's APIs at private.googleapis.com",
            dns_name=DOMAIN,
            visibility="private",
            private_visibility_config={"networks": [{"network_url": args["network"]}]},
            opts=child,
        )
        for (record, kind), data in RECORDS.items():
            RecordSet(
                record.removesuffix(f".{DOMAIN}"),
                managed_zone=zone.name,
                name=record,
                type=kind,
                ttl=TTL,
                rrdatas=data,
                opts=child,
            )
        self.register_outputs({})
