"""Rules of networks: firewalls, subnets and the way out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .property import at, is_stated, items, must_be, must_be_stated
from .rule import Config, Finding, Resource, Rule, StackRule

NETWORK = ("gcp:compute/network:Network",)
SUBNETWORK = ("gcp:compute/subnetwork:Subnetwork",)
FIREWALL = ("gcp:compute/firewall:Firewall",)
NAT = ("gcp:compute/routerNat:RouterNat",)
CLUSTER = ("gcp:container/cluster:Cluster",)

WORLD = ("0.0.0.0/0", "::/0")
SOURCES = ("sourceRanges", "sourceTags", "sourceServiceAccounts")
PROXIES = ("REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "PRIVATE_NAT")
"""Purposes of subnets without machines, which take neither flow logs nor access to Google."""


def _closed(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    name = str(at(properties, "name") or "")
    if (
        at(properties, "direction") == "EGRESS"
        or not items(properties, "allows")
        or at(properties, "disabled") is True
        or is_stated(name, config)
    ):
        return
    if not any(at(properties, source) for source in SOURCES):
        yield Finding("sourceRanges")
    for source in items(properties, "sourceRanges"):
        if source in WORLD:
            yield Finding("sourceRanges", source)


def _has_machines(check: Any) -> Any:
    def checked(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
        if at(properties, "purpose") not in PROXIES:
            yield from check(properties, config)

    return checked


def _way_out(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    """A network that is not the stack's own has its way out elsewhere."""
    own = any(each.matches(NETWORK) for each in resources)
    if not own or any(each.matches(NAT) for each in resources):
        return
    for each in resources:
        if each.matches(CLUSTER) and at(each.properties, "privateClusterConfig.enablePrivateNodes") is True:
            yield Finding("the network's Cloud NAT", urn=each.urn)


RULES = [
    Rule(
        id="network-own-subnets",
        title="A network has the subnets it is given",
        types=NETWORK,
        check=must_be("autoCreateSubnetworks", False),
        consequence="a subnet appears in every region of Google, with ranges that may meet others.",
        remedy="Set it to false, and declare the subnets.",
    ),
    Rule(
        id="network-firewall",
        title="No firewall rule lets the world in, except those that are named",
        references=("CKV_GCP_2", "CKV_GCP_3", "CKV_GCP_106"),
        types=FIREWALL,
        config={"stated": []},
        check=_closed,
        consequence="everybody on the internet reaches what the rule allows.",
        remedy="Name the ranges that need it, or the rule under `stated` in the policy's configuration.",
    ),
    StackRule(
        id="network-nat",
        title="Private nodes have a way out",
        check=_way_out,
        consequence="nodes cannot pull an image from outside Google.",
        remedy="Add a RouterNat to the network.",
    ),
    Rule(
        id="network-private-google-access",
        title="Nodes reach Google without the internet",
        references=("CKV_GCP_74",),
        types=SUBNETWORK,
        check=_has_machines(must_be("privateIpGoogleAccess", True)),
        consequence="private nodes reach Google's APIs through the NAT, or not at all.",
        remedy="Set it to true.",
    ),
    Rule(
        id="network-flow-logs",
        title="Who talked to whom can be found out",
        level="advisory",
        references=("CKV_GCP_26",),
        types=SUBNETWORK,
        check=_has_machines(must_be_stated("logConfig")),
        consequence="after an incident nobody can say who talked to whom.",
        remedy="State a logConfig; it is charged by volume.",
    ),
]
