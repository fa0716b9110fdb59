"""Cloud DNS: zones and their records."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import conflict, exactly_one_of
from sandbox.providers.gcp.equivalence import ignoring_case, ignoring_order
from sandbox.providers.gcp.resource_type import ResourceType

TYPES: dict[str, ResourceType] = {
    "gcp:dns/managedZone:ManagedZone": ResourceType(
        name="projects/{project}/managedZones/{name}",
        api_rules={"name": rules.name(), "dnsName": rules.dns_name},
        replaces=("dnsName", "reverseLookup", "serviceDirectoryConfig", "visibility"),
        computed_inputs=("dnssecConfig.defaultKeySpecs", "dnssecConfig.nonExistence"),
        sets=("forwardingConfig.targetNameServers", "privateVisibilityConfig.networks"),
        defaults={
            "description": "Managed by Pulumi",
            "visibility": "public",
            "dnssecConfig.defaultKeySpecs[*].kind": "dns#dnsKeySpec",
            "dnssecConfig.kind": "dns#managedZoneDnsSecConfig",
        },
        equivalences={"visibility": ignoring_case},
        computed={
            "creationTime": computed.now,
            "managedZoneId": computed.number,
            "nameServers": computed.name_servers,
        },
        labels="labels",
        refuses_children=True,
    ),
    "gcp:dns/recordSet:RecordSet": ResourceType(
        name="projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
        named="",
        rules={"name": rules.record_name},
        constraints=(
            exactly_one_of("rrdatas", "routingPolicy"),
            exactly_one_of("routingPolicy.wrrs", "routingPolicy.geos", "routingPolicy.primaryBackup"),
            conflict("routingPolicy.enableGeoFencing", "routingPolicy.wrrs", "routingPolicy.primaryBackup"),
        ),
        api_rules={"name": rules.dns_name},
        replaces=("routingPolicy.healthCheck",),
        in_place=("type",),
        equivalences={"rrdatas": ignoring_order},
    ),
}
