"""The certificates of a Gateway's hosts."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi
from pulumi_gcp.dns.record_set import RecordSet

from settings.naming import certificate_at_google

TTL = 300
"""Seconds, as of the domains' other records."""


class CertificateMapArgs(TypedDict):
    """`zone` is the name of an existing Cloud DNS managed zone that holds the domains, if there is one."""

    name: str
    domains: Sequence[str]
    zone: str | None


class CertificateMap(pulumi.ComponentResource):
    """A Google-managed certificate for each domain, in a map of Certificate Manager that a Gateway names.

    With a zone Google is shown there, by a record, that the domains are ours: certificates are issued before any
    visitor comes. Without one the load balancer itself must answer at the domains first. The two kinds have names
    of their own, so a zone that comes or goes leaves the old certificate in place until the new one is in the map;
    and each domain has its own, so one that comes or goes leaves the others alone.
    """

    name: pulumi.Output[str]
    states: dict[str, pulumi.Output[str | None]]
    """Of each domain's certificate, in Google's words; None while there is none."""

    def __init__(self, name: str, args: CertificateMapArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:certificate_map:CertificateMap", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        owned = pulumi.CustomResource(
            "gcp:certificatemanager/certificateMap:CertificateMap", name, {"name": args["name"]}, self._child
        )
        self.name, self.states = pulumi.get(owned, "name"), {}
        for domain in args["domains"]:
            zone = args["zone"]
            issued = self._proven(args["name"], domain, zone) if zone else self._served(args["name"], domain)
            managed: pulumi.Output[dict[str, Any]] = pulumi.get(issued, "managed")
            self.states[domain] = managed.apply(lambda known: known.get("state"))
            pulumi.CustomResource(
                "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
                domain,
                {
                    "name": certificate_at_google(args["name"], domain),
                    "map": self.name,
                    "hostname": domain,
                    "certificates": [issued.id],
                },
                self._child,
            )
        self.register_outputs({"name": self.name})

    def _served(self, name: str, domain: str) -> pulumi.CustomResource:
        """Issued once the load balancer answers at the domain."""
        return self._certificate(domain, certificate_at_google(name, domain), {"domains": [domain]})

    def _proven(self, name: str, domain: str, zone: str) -> pulumi.CustomResource:
        """Issued once the zone shows Google's record."""
        own = certificate_at_google(name, domain, "dns")
        authorization = pulumi.CustomResource(
            "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
            domain,
            # Google computes the record; named here so that it can be read.
            {"name": own, "domain": domain, "dnsResourceRecords": None},
            self._child,
        )
        record = pulumi.Output.from_input(pulumi.get(authorization, "dnsResourceRecords")).apply(lambda of: of[0])
        RecordSet(
            domain,
            name=record["name"],
            type=record["type"],
            ttl=TTL,
            rrdatas=[record["data"]],
            managed_zone=zone,
            opts=self._child,
        )
        managed = {"domains": [domain], "dnsAuthorizations": [authorization.id]}
        return self._certificate(f"{domain}-dns", own, managed)

    def _certificate(self, resource: str, own: str, managed: dict[str, Any]) -> pulumi.CustomResource:
        return pulumi.CustomResource(
            "gcp:certificatemanager/certificate:Certificate", resource, {"name": own, "managed": managed}, self._child
        )
