"""Host names that lead to an address."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.dns.record_set import RecordSet

TTL = 300
"""Seconds; short enough to correct a mistake."""

GOOGLE_ONLY = '0 issue "pki.goog"'
"""A CAA record's data that lets Google Trust Services, the issuer of managed certificates, and nobody else issue."""


class DnsRecordsArgs(TypedDict):
    """`zone` is the name of an existing Cloud DNS managed zone; without one, no record is created.

    `caa` says by a record beside each address that no authority but Google's may issue certificates.
    """

    domains: Sequence[str]
    address: pulumi.Input[str]
    zone: str | None
    caa: bool


class DnsRecords(pulumi.ComponentResource):
    """Where each domain leads, and who may issue for it; it does not own the zone."""

    missing: pulumi.Output[list[str]]
    """The records that are left to create by hand, as lines of a zone file."""

    def __init__(self, name: str, args: DnsRecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:dns_records:DnsRecords", name, None, opts)
        records: dict[str, pulumi.Input[str]] = {"A": args["address"]}
        if args["caa"]:
            records["CAA"] = GOOGLE_ONLY

        for domain in args["domains"] if args["zone"] else ():
            for kind, data in records.items():
                RecordSet(
                    domain if kind == "A" else f"{domain}-{kind.lower()}",
                    name=f"{domain}.",
                    type=kind,
                    ttl=TTL,
                    rrdatas=[data],
                    managed_zone=args["zone"],
                    opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
                )

        left = () if args["zone"] else args["domains"]
        self.missing = pulumi.Output.all(**records).apply(
            lambda known: [f"{domain}. {TTL} IN {kind} {data}" for domain in left for kind, data in known.items()]
        )
        self.register_outputs({"missing": self.missing})
