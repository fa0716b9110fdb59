"""The Google resource types that are simulated, one entry each."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.resource_type import ResourceType

NETWORK = "projects/{project}/global/networks/{network}"
SUBNETWORK = "projects/{project}/regions/{region}/subnetworks/{subnetwork}"
ROUTER = "projects/{project}/regions/{region}/routers/{router}"
CLUSTER = "projects/{project}/locations/{location}/clusters/{cluster}"
CERTIFICATE = "projects/{project}/locations/global/certificates/{certificate}"
CERTIFICATE_MAP = "projects/{project}/locations/global/certificateMaps/{map}"
DNS_AUTHORIZATION = "projects/{project}/locations/global/dnsAuthorizations/{dnsAuthorization}"

TYPES: dict[str, ResourceType] = {
    "gcp:compute/network:Network": ResourceType(
        name="projects/{project}/global/networks/{name}",
        rules={"name": rules.name(), "routingMode": rules.one_of("REGIONAL", "GLOBAL")},
        replaces=("autoCreateSubnetworks", "description", "internalIpv6Range", "mtu", "networkProfile"),
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
        rules={
            "name": rules.name(),
            "ipCidrRange": rules.network,
            "secondaryIpRanges[*].ipCidrRange": rules.network,
            "secondaryIpRanges[*].rangeName": rules.name(),
        },
        replaces=("description", "network", "purpose", "reservedInternalRange"),
        growing=("ipCidrRange",),
        references={"network": NETWORK},
        computed={
            "creationTimestamp": computed.now,
            "gatewayAddress": computed.gateway,
            "selfLink": computed.compute_link,
            "subnetworkId": computed.number,
        },
    ),
    "gcp:compute/router:Router": ResourceType(
        name="projects/{project}/regions/{region}/routers/{name}",
        rules={"name": rules.name()},
        replaces=("encryptedInterconnectRouter", "network"),
        references={"network": NETWORK},
        computed={"creationTimestamp": computed.now, "selfLink": computed.compute_link},
    ),
    "gcp:compute/routerNat:RouterNat": ResourceType(
        name="projects/{project}/regions/{region}/routers/{router}/nats/{name}",
        id="{project}/{region}/{router}/{name}",
        rules={
            "name": rules.name(),
            "natIpAllocateOption": rules.one_of("AUTO_ONLY", "MANUAL_ONLY"),
            "sourceSubnetworkIpRangesToNat": rules.one_of(
                "ALL_SUBNETWORKS_ALL_IP_RANGES",
                "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
                "LIST_OF_SUBNETWORKS",
            ),
            "logConfig.filter": rules.one_of("ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"),
        },
        replaces=("type",),
        references={"router": ROUTER, "subnetworks[*].name": SUBNETWORK},
    ),
    "gcp:compute/address:Address": ResourceType(
        name="projects/{project}/regions/{region}/addresses/{name}",
        rules={"name": rules.name(), "addressType": rules.one_of("EXTERNAL")},
        replaces=("address", "addressType", "description", "ipVersion", "network", "networkTier", "purpose"),
        computed={
            "address": computed.static_address,
            "creationTimestamp": computed.now,
            "selfLink": computed.compute_link,
        },
        defaults={"addressType": "EXTERNAL", "networkTier": "PREMIUM"},
        labels="labels",
    ),
    "gcp:compute/globalAddress:GlobalAddress": ResourceType(
        name="projects/{project}/global/addresses/{name}",
        rules={
            "name": rules.name(),
            "addressType": rules.one_of("EXTERNAL"),
            "ipVersion": rules.one_of("IPV4"),
        },
        replaces=("address", "addressType", "description", "ipVersion", "network", "prefixLength", "purpose"),
        computed={
            "address": computed.static_address,
            "creationTimestamp": computed.now,
            "selfLink": computed.compute_link,
        },
        defaults={"addressType": "EXTERNAL"},
        labels="labels",
    ),
    "gcp:compute/firewall:Firewall": ResourceType(
        name="projects/{project}/global/firewalls/{name}",
        rules={
            "name": rules.name(),
            "direction": rules.one_of("INGRESS", "EGRESS"),
            "sourceRanges[*]": rules.network,
            "destinationRanges[*]": rules.network,
        },
        replaces=("direction", "network"),
        references={"network": NETWORK},
        computed={"creationTimestamp": computed.now, "selfLink": computed.compute_link},
        defaults={"direction": "INGRESS", "priority": 1000},
    ),
    "gcp:compute/sSLPolicy:SSLPolicy": ResourceType(
        name="projects/{project}/global/sslPolicies/{name}",
        rules={
            "name": rules.name(),
            "profile": rules.one_of("COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"),
            "minTlsVersion": rules.one_of("TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"),
        },
        replaces=("description",),
        computed={
            "creationTimestamp": computed.now,
            "enabledFeatures": computed.nothing,
            "fingerprint": computed.number,
            "selfLink": computed.compute_link,
        },
        defaults={"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
    ),
    "gcp:certificatemanager/certificateMap:CertificateMap": ResourceType(
        name="projects/{project}/locations/global/certificateMaps/{name}",
        rules={"name": rules.name()},
        computed={"createTime": computed.now, "gclbTargets": computed.nothing, "updateTime": computed.now},
        labels="labels",
        refuses_children=True,
    ),
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": ResourceType(
        name="projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}",
        rules={"name": rules.name(), "hostname": rules.host_name, "matcher": rules.one_of("PRIMARY")},
        replaces=("hostname", "matcher"),
        references={"map": CERTIFICATE_MAP, "certificates[*]": CERTIFICATE},
        computed={"createTime": computed.now, "state": computed.active, "updateTime": computed.now},
        labels="labels",
    ),
    "gcp:certificatemanager/certificate:Certificate": ResourceType(
        name="projects/{project}/locations/global/certificates/{name}",
        rules={
            "name": rules.name(),
            "location": rules.one_of("global"),
            "managed.domains[*]": rules.host_name,
            "scope": rules.one_of("DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"),
        },
        replaces=("managed", "scope"),
        references={"managed.dnsAuthorizations[*]": DNS_AUTHORIZATION},
        defaults={"location": "global", "scope": "DEFAULT"},
        labels="labels",
    ),
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": ResourceType(
        name="projects/{project}/locations/global/dnsAuthorizations/{name}",
        rules={
            "name": rules.name(),
            "location": rules.one_of("global"),
            "domain": rules.host_name,
            "type": rules.one_of("FIXED_RECORD", "PER_PROJECT_RECORD"),
        },
        replaces=("domain", "type"),
        computed={"dnsResourceRecords": computed.authorization_records},
        defaults={"location": "global", "type": "FIXED_RECORD"},
        labels="labels",
    ),
    "gcp:container/cluster:Cluster": ResourceType(
        name="projects/{project}/locations/{location}/clusters/{name}",
        rules={
            "name": rules.name(40),
            "location": rules.location,
            "databaseEncryption.state": rules.one_of("ENCRYPTED", "DECRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"),
            "datapathProvider": rules.one_of("LEGACY_DATAPATH", "ADVANCED_DATAPATH"),
            "maintenancePolicy.maintenanceExclusions[*].exclusionOptions.scope": rules.one_of(
                "NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"
            ),
            "maintenancePolicy.recurringWindow.startTime": rules.timestamp,
            "maintenancePolicy.recurringWindow.endTime": rules.timestamp,
            "masterAuthorizedNetworksConfig.cidrBlocks[*].cidrBlock": rules.network,
            "networkingMode": rules.one_of("VPC_NATIVE", "ROUTES"),
            "releaseChannel.channel": rules.one_of("UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"),
        },
        replaces=(
            *("clusterIpv4Cidr", "confidentialNodes", "datapathProvider", "defaultMaxPodsPerNode"),
            *("description", "enableAutopilot", "enableKubernetesAlpha", "enableTpu", "initialNodeCount"),
            *("ipAllocationPolicy", "masterAuth.clientCertificateConfig", "network", "networkingMode"),
            *("nodeConfig", "privateClusterConfig.masterIpv4CidrBlock", "subnetwork"),
        ),
        references={"network": NETWORK, "subnetwork": SUBNETWORK},
        computed={
            "clusterIpv4Cidr": computed.pods_range,
            "endpoint": computed.endpoint,
            "masterAuth.clusterCaCertificate": computed.certificate_authority,
            "masterVersion": computed.version,
            "nodeVersion": computed.version,
            "selfLink": computed.container_link,
            "servicesIpv4Cidr": computed.services_range,
        },
        defaults={"deletionProtection": True, "network": "default", "networkingMode": "VPC_NATIVE"},
        labels="resourceLabels",
    ),
    "gcp:container/nodePool:NodePool": ResourceType(
        name="projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
        rules={
            "name": rules.name(40),
            "location": rules.location,
            "autoscaling.locationPolicy": rules.one_of("BALANCED", "ANY"),
            "nodeConfig.diskType": rules.one_of("pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"),
            "nodeConfig.taints[*].effect": rules.one_of("NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"),
        },
        replaces=(
            *("initialNodeCount", "maxPodsPerNode", "placementPolicy", "nodeConfig.metadata"),
            *("nodeConfig.oauthScopes", "nodeConfig.preemptible", "nodeConfig.serviceAccount"),
            *("nodeConfig.shieldedInstanceConfig", "nodeConfig.spot", "nodeConfig.localSsdCount"),
        ),
        references={"cluster": CLUSTER},
        computed={
            "instanceGroupUrls": computed.nothing,
            "managedInstanceGroupUrls": computed.nothing,
            "nodeCount": computed.node_count,
            "operation": computed.empty,
            "version": computed.version,
        },
    ),
    "gcp:serviceaccount/account:Account": ResourceType(
        name="projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        named="accountId",
        rules={
            "accountId": rules.pattern(
                "[a-z][-a-z0-9]{4,28}[a-z0-9]",
                "account id (6 to 30 lower-case letters, digits and hyphens, starting with a letter)",
            )
        },
        computed={
            "email": computed.email,
            "member": computed.member,
            "name": computed.full_name,
            "uniqueId": computed.number,
        },
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": ResourceType(
        name="{serviceAccountId}/{role}/{member}",
        named="",
        idempotent=True,
        rules={"role": rules.role, "member": rules.member},
        replaces=("condition",),
        references={"serviceAccountId": "{serviceAccountId}"},
        computed={"etag": computed.number},
    ),
    "gcp:projects/iAMMember:IAMMember": ResourceType(
        name="{project}/{role}/{member}",
        named="",
        idempotent=True,
        rules={"role": rules.role, "member": rules.member},
        replaces=("condition",),
        computed={"etag": computed.number},
    ),
    "gcp:projects/service:Service": ResourceType(
        name="{project}/{service}",
        named="",
        idempotent=True,
        rules={"service": rules.pattern(r"[a-z][-a-z0-9.]*\.[a-z]+", "service, such as container.googleapis.com")},
    ),
    "gcp:dns/managedZone:ManagedZone": ResourceType(
        name="projects/{project}/managedZones/{name}",
        rules={
            "name": rules.name(),
            "dnsName": rules.dns_name,
            "visibility": rules.one_of("public", "private"),
        },
        replaces=("dnsName", "visibility"),
        computed={
            "creationTime": computed.now,
            "managedZoneId": computed.number,
            "nameServers": computed.name_servers,
        },
        defaults={"description": "Managed by Pulumi", "visibility": "public"},
        labels="labels",
        refuses_children=True,
    ),
    "gcp:dns/recordSet:RecordSet": ResourceType(
        name="projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
        named="",
        rules={"name": rules.dns_name},
    ),
    "gcp:artifactregistry/repository:Repository": ResourceType(
        name="projects/{project}/locations/{location}/repositories/{repositoryId}",
        named="repositoryId",
        rules={"repositoryId": rules.name(), "location": rules.registry_location},
        replaces=("format", "kmsKeyName", "mode"),
        computed={
            "createTime": computed.now,
            "name": computed.full_name,
            "registryUri": computed.registry,
            "updateTime": computed.now,
        },
        labels="labels",
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": ResourceType(
        name="{repository}/{role}/{member}",
        named="",
        idempotent=True,
        rules={"role": rules.role, "member": rules.member, "location": rules.registry_location},
        replaces=("condition", "location", "project"),
        computed={"etag": computed.number},
    ),
}
"""By Pulumi type token. What is replaced follows the published provider 10.1.1."""
