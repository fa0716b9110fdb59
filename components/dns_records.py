"""Host names that lead to an address."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.dns.record_set import RecordSet

TTL = 300
"""Seconds; short enough to correct a mistake."""


class DnsRecordsArgs(TypedDict):
    """`zone` is the name of an existing Cloud DNS managed zone; without one, no record is created."""

    domains: Sequence[str]
    address: pulumi.Input[str]
    zone: str | None


class DnsRecords(pulumi.ComponentResource):
    """An A record for each domain; it does not own the zone."""

    missing: pulumi.Output[list[str]]
    """The records that are left to create by hand, as lines of a zone file."""

    def __init__(self, name: str, args: DnsRecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:dns_records:DnsRecords", name, None, opts)

        for domain in args["domains"] if args["zone"] else ():
            RecordSet(
                domain,
                name=f"{domain}.",
                type="A",
                ttl=TTL,
                rrdatas=[args["address"]],
                managed_zone=args["zone"],
                opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )

        left = () if args["zone"] else args["domains"]
        self.missing = pulumi.Output.from_input(args["address"]).apply(
            lambda address: [f"{domain}. {TTL} IN A {address}" for domain in left]
        )
        self.register_outputs({"missing": self.missing})
