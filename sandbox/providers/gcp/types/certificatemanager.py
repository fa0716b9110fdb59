"""Certificate Manager: certificates, their maps, and what shows that a domain is ours."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import exactly_one_of
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types.names import CERTIFICATE, CERTIFICATE_MAP, DNS_AUTHORIZATION

TYPES: dict[str, ResourceType] = {
    "gcp:certificatemanager/certificateMap:CertificateMap": ResourceType(
        name="projects/{project}/locations/global/certificateMaps/{name}",
        api_rules={"name": rules.name()},
        computed={"createTime": computed.now, "gclbTargets": computed.nothing, "updateTime": computed.now},
        labels="labels",
        refuses_children=True,
    ),
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": ResourceType(
        name="projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}",
        references={"map": CERTIFICATE_MAP, "certificates[*]": CERTIFICATE},
        constraints=(exactly_one_of("hostname", "matcher"),),
        api_rules={"name": rules.name(), "hostname": rules.host_name, "matcher": rules.one_of("PRIMARY")},
        replaces=("hostname", "matcher"),
        computed={"createTime": computed.now, "state": computed.active, "updateTime": computed.now},
        labels="labels",
    ),
    "gcp:certificatemanager/certificate:Certificate": ResourceType(
        name="projects/{project}/locations/global/certificates/{name}",
        references={"managed.dnsAuthorizations[*]": DNS_AUTHORIZATION},
        constraints=(
            exactly_one_of("managed", "selfManaged"),
            exactly_one_of("selfManaged.certificatePem", "selfManaged.pemCertificate"),
            exactly_one_of("selfManaged.pemPrivateKey", "selfManaged.privateKeyPem", "selfManaged.pemPrivateKeyWo"),
        ),
        api_rules={
            "name": rules.name(),
            "location": rules.only("global"),
            "managed.domains[*]": rules.host_name,
            "scope": rules.one_of("DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"),
        },
        replaces=("location", "managed", "scope"),
        defaults={"location": "global", "scope": "DEFAULT"},
        labels="labels",
    ),
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": ResourceType(
        name="projects/{project}/locations/global/dnsAuthorizations/{name}",
        api_rules={"name": rules.name(), "location": rules.only("global"), "domain": rules.host_name},
        replaces=("domain", "location", "type"),
        defaults={"location": "global", "type": "FIXED_RECORD"},
        computed={"dnsResourceRecords": computed.authorization_records},
        labels="labels",
    ),
}
