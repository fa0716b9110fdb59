"""Compute Engine: networks, addresses, firewall rules, SSL policies."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import at_least_one_of, conflict, custom_features, exactly_one_of
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types.names import NETWORK, ROUTER, SUBNETWORK

TYPES: dict[str, ResourceType] = {
    "gcp:compute/network:Network": ResourceType(
        name="projects/{project}/global/networks/{name}",
        rules={"name": rules.name()},
        replaces=("autoCreateSubnetworks", "description", "internalIpv6Range", "networkProfile", "params"),
        computed={
            "gatewayIpv4": computed.empty,
            "networkId": computed.number,
            "numericId": computed.number,
            "selfLink": computed.compute_link,
        },
        defaults={"autoCreateSubnetworks": True, "routingMode": "REGIONAL"},
    ),
    "gcp:compute/subnetwork:Subnetwork": ResourceType(
        name="projects/{project}/regions/{region}/subnetworks/{name}",
        references={"network": NETWORK},
        rules={
            "name": rules.name(),
            "internalIpv6Prefix": rules.address_range,
            "ipCidrRange": rules.address_range,
            "secondaryIpRanges[*].ipCidrRange": rules.address_range,
            "secondaryIpRanges[*].rangeName": rules.name(),
        },
        constraints=(
            at_least_one_of(
                *(f"logConfig.{name}" for name in ("aggregationInterval", "filterExpr", "flowSampling", "metadata"))
            ),
        ),
        api_rules={"ipCidrRange": rules.network, "secondaryIpRanges[*].ipCidrRange": rules.network},
        replaces=(
            *("description", "externalIpv6Prefix", "internalIpv6Prefix", "network", "params"),
            *("reservedInternalRange", "resolveSubnetMask"),
        ),
        replaces_if={"ipCidrRange": rules.shrinks},
        computed_inputs=("secondaryIpRanges[*].ipCidrRange", "secondaryIpRanges[*].ipVersion"),
        sets=("logConfig.metadataFields",),
        keyed={"secondaryIpRanges": "rangeName"},
        defaults={"logConfig.filterExpr": "true", "logConfig.flowSampling": 0.5},
        computed={
            "creationTimestamp": computed.now,
            "gatewayAddress": computed.gateway,
            "selfLink": computed.compute_link,
            "subnetworkId": computed.number,
        },
    ),
    "gcp:compute/router:Router": ResourceType(
        name="projects/{project}/regions/{region}/routers/{name}",
        references={"network": NETWORK},
        rules={"name": rules.name()},
        constraints=(conflict("nccGateway", "network"),),
        replaces=("encryptedInterconnectRouter", "nccGateway", "network", "params"),
        computed_inputs=("bgp.identifierRange",),
        sets=("bgp.advertisedIpRanges",),
        defaults={"bgp.keepaliveInterval": 20},
        computed={"creationTimestamp": computed.now, "selfLink": computed.compute_link},
    ),
    "gcp:compute/routerNat:RouterNat": ResourceType(
        name="projects/{project}/regions/{region}/routers/{router}/nats/{name}",
        id="{project}/{region}/{router}/{name}",
        references={"router": ROUTER, "subnetworks[*].name": SUBNETWORK},
        rules={
            "name": rules.name(),
            "endpointTypes": rules.not_empty,
            "rules[*].ruleNumber": rules.between(0, 65000),
            "subnetworks[*].sourceIpRangesToNats": rules.not_empty,
        },
        constraints=(conflict("initialNatIps", "drainNatIps", "natIps"),),
        replaces=("endpointTypes", "initialNatIps", "type"),
        computed_inputs=("rules[*].action",),
        sets=(
            *("drainNatIps", "initialNatIps", "nat64Subnetworks", "natIps", "rules", "rules[*].action.*"),
            *("subnetworks", "subnetworks[*].secondaryIpRangeNames", "subnetworks[*].sourceIpRangesToNats"),
        ),
        defaults={
            "icmpIdleTimeoutSec": 30,
            "tcpEstablishedIdleTimeoutSec": 1200,
            "tcpTimeWaitTimeoutSec": 120,
            "tcpTransitoryIdleTimeoutSec": 30,
            "udpIdleTimeoutSec": 30,
        },
    ),
    "gcp:compute/address:Address": ResourceType(
        name="projects/{project}/regions/{region}/addresses/{name}",
        rules={"name": rules.name()},
        api_rules={"addressType": rules.only("EXTERNAL")},
        replaces=(
            *("address", "addressType", "description", "ipCollection", "ipVersion", "ipv6EndpointType", "network"),
            *("networkTier", "prefixLength", "purpose", "subnetwork"),
        ),
        defaults={"addressType": "EXTERNAL", "ipVersion": "IPV4", "networkTier": "PREMIUM"},
        computed={
            "address": computed.static_address,
            "creationTimestamp": computed.now,
            "selfLink": computed.compute_link,
        },
        labels="labels",
    ),
    "gcp:compute/globalAddress:GlobalAddress": ResourceType(
        name="projects/{project}/global/addresses/{name}",
        api_rules={
            "name": rules.name(),
            "addressType": rules.only("EXTERNAL"),
            "ipVersion": rules.only("IPV4"),
        },
        replaces=("address", "addressType", "description", "ipVersion", "network", "prefixLength", "purpose"),
        defaults={"addressType": "EXTERNAL", "ipVersion": "IPV4"},
        computed={
            "address": computed.static_address,
            "creationTimestamp": computed.now,
            "selfLink": computed.compute_link,
        },
        labels="labels",
    ),
    "gcp:compute/firewall:Firewall": ResourceType(
        name="projects/{project}/global/firewalls/{name}",
        references={"network": NETWORK},
        rules={"name": rules.name(), "priority": rules.between(0, 65535)},
        constraints=(
            exactly_one_of("allows", "denies"),
            conflict("sourceServiceAccounts", "sourceTags", "targetTags"),
            conflict("targetServiceAccounts", "sourceTags", "targetTags"),
        ),
        api_rules={"sourceRanges[*]": rules.strict_range, "destinationRanges[*]": rules.strict_range},
        replaces=("direction", "params"),
        sets=(
            *("allows", "denies", "destinationRanges", "sourceRanges"),
            *("sourceServiceAccounts", "sourceTags", "targetServiceAccounts", "targetTags"),
        ),
        defaults={"direction": "INGRESS", "priority": 1000},
        computed={"creationTimestamp": computed.now, "selfLink": computed.compute_link},
    ),
    "gcp:compute/sSLPolicy:SSLPolicy": ResourceType(
        name="projects/{project}/global/sslPolicies/{name}",
        constraints=(custom_features,),
        api_rules={"name": rules.name()},
        replaces=("description",),
        sets=("customFeatures",),
        defaults={"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
        computed={
            "creationTimestamp": computed.now,
            "enabledFeatures": computed.nothing,
            "fingerprint": computed.number,
            "selfLink": computed.compute_link,
        },
    ),
}
