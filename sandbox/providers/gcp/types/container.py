"""GKE: clusters and node pools."""

from collections.abc import Iterable

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import at_least_one_of, conflict, exactly_one_of
from sandbox.providers.gcp.equivalence import (
    ignoring_case,
    of_encryption,
    of_time,
    on_autopilot,
    range_of_size,
    removal_of_disabled,
    subnetwork_for_range,
    without_ip_endpoint,
)
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types.names import CLUSTER, NETWORK, SUBNETWORK


def under(parent: str, names: Iterable[str]) -> tuple[str, ...]:
    """The paths of properties of one parent."""
    return tuple(f"{parent}.{name}" for name in names)


DEFAULTS = "clusterAutoscaling.autoProvisioningDefaults"
"""The configuration of the node pools that GKE makes of its own accord."""

NODE_RULES: dict[str, rules.Rule] = {
    "nodeConfig.confidentialNodes.confidentialInstanceType": rules.one_of("SEV", "SEV_SNP", "TDX"),
    "nodeConfig.diskSizeGb": rules.between(10),
    "nodeConfig.guestAccelerators[*].gpuDriverInstallationConfig.gpuDriverVersion": rules.one_of(
        "GPU_DRIVER_VERSION_UNSPECIFIED", "INSTALLATION_DISABLED", "DEFAULT", "LATEST"
    ),
    "nodeConfig.hostMaintenancePolicy.maintenanceInterval": rules.one_of(
        "MAINTENANCE_INTERVAL_UNSPECIFIED", "AS_NEEDED", "PERIODIC"
    ),
    "nodeConfig.kubeletConfig.cpuManagerPolicy": rules.one_of("static", "none", ""),
    "nodeConfig.linuxNodeConfig.cgroupMode": rules.one_of(
        "CGROUP_MODE_UNSPECIFIED", "CGROUP_MODE_V1", "CGROUP_MODE_V2"
    ),
    "nodeConfig.localSsdCount": rules.between(0),
    "nodeConfig.localSsdEncryptionMode": rules.one_of("STANDARD_ENCRYPTION", "EPHEMERAL_KEY_ENCRYPTION"),
    "nodeConfig.loggingVariant": rules.one_of("DEFAULT", "MAX_THROUGHPUT"),
    "nodeConfig.reservationAffinity.consumeReservationType": rules.one_of(
        "UNSPECIFIED", "NO_RESERVATION", "ANY_RESERVATION", "SPECIFIC_RESERVATION", "ANY_RESERVATION_THEN_FAIL"
    ),
    "nodeConfig.sandboxConfig.sandboxType": rules.one_of("gvisor"),
    "nodeConfig.sandboxConfig.type": rules.one_of("GVISOR"),
    "nodeConfig.soleTenantConfig.nodeAffinities[*].operator": rules.one_of("IN", "NOT_IN"),
    "nodeConfig.taints[*].effect": rules.one_of("NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"),
    "nodeConfig.workloadMetadataConfig.mode": rules.one_of("MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"),
}

NODE_REPLACES = under(
    "nodeConfig",
    (
        *("advancedMachineFeatures", "bootDiskKmsKey", "confidentialNodes.confidentialInstanceType"),
        *("enableConfidentialStorage", "ephemeralStorageConfig", "ephemeralStorageLocalSsdConfig", "flexStart"),
        *("guestAccelerators", "hostMaintenancePolicy", "localNvmeSsdBlockConfig", "localSsdCount"),
        *("localSsdEncryptionMode", "maxRunDuration", "metadata", "minCpuPlatform", "nodeGroup", "oauthScopes"),
        *("preemptible", "reservationAffinity", "sandboxConfig", "secondaryBootDisks", "serviceAccount"),
        *("shieldedInstanceConfig", "soleTenantConfig", "spot"),
    ),
)

NODE_IN_PLACE = under(
    "nodeConfig",
    (
        *("advancedMachineFeatures.performanceMonitoringUnit", "sandboxConfig.sandboxType", "sandboxConfig.type"),
        "soleTenantConfig.minNodeCpus",
    ),
)

NODE_COMPUTED = under(
    "nodeConfig",
    (
        *("bootDisk", "bootDisk.*", "confidentialNodes", "containerdConfig", "diskSizeGb", "diskType", "gcfsConfig"),
        *("gpudirectStrategy", "guestAccelerators", "guestAccelerators[*].gpuDriverInstallationConfig", "imageType"),
        *("kubeletConfig", "kubeletConfig.cpuCfsQuota", "kubeletConfig.insecureKubeletReadonlyPortEnabled"),
        *("kubeletConfig.maxParallelImagePulls", "kubeletConfig.memoryManager.*", "kubeletConfig.topologyManager.*"),
        *("kubeletConfig.shutdownGracePeriodSeconds", "kubeletConfig.shutdownGracePeriodCriticalPodsSeconds"),
        *("labels", "linuxNodeConfig", "linuxNodeConfig.cgroupMode", "linuxNodeConfig.transparentHugepageEnabled"),
        *("linuxNodeConfig.customNodeInit.initScript.gcsGeneration", "localSsdCount", "loggingVariant", "machineType"),
        *("metadata", "minCpuPlatform", "nodeImageConfigs", "nodeImageConfigs[*].*", "oauthScopes", "serviceAccount"),
        *("shieldedInstanceConfig", "windowsNodeConfig", "workloadMetadataConfig"),
    ),
)

NODE_SETS = under("nodeConfig", ("oauthScopes", "reservationAffinity.values", "soleTenantConfig.nodeAffinities"))

NODE_DEFAULTS = {
    "nodeConfig.advancedMachineFeatures.performanceMonitoringUnit": "STANDARD",
    "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": True,
}

NODE_EQUIVALENCES = {"nodeConfig.gpudirectStrategy": ignoring_case, "nodeConfig.imageType": ignoring_case}

TYPES: dict[str, ResourceType] = {
    "gcp:container/cluster:Cluster": ResourceType(
        name="projects/{project}/locations/{location}/clusters/{name}",
        references={"network": NETWORK, "subnetwork": SUBNETWORK},
        rules={
            **NODE_RULES,
            "name": rules.name(40),
            "anonymousAuthenticationConfig.mode": rules.one_of("ENABLED", "LIMITED"),
            "binaryAuthorization.evaluationMode": rules.one_of("DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"),
            "clusterAutoscaling.autoscalingProfile": rules.one_of("BALANCED", "OPTIMIZE_UTILIZATION"),
            "clusterAutoscaling.resourceLimits[*].maximum": rules.between(1),
            f"{DEFAULTS}.diskSize": rules.between(10),
            f"{DEFAULTS}.diskType": rules.one_of("pd-standard", "pd-ssd", "pd-balanced", "hyperdisk-balanced"),
            f"{DEFAULTS}.imageType": rules.one_of("COS_CONTAINERD", "COS", "UBUNTU_CONTAINERD", "UBUNTU"),
            f"{DEFAULTS}.upgradeSettings.strategy": rules.one_of(
                "NODE_POOL_UPDATE_STRATEGY_UNSPECIFIED", "BLUE_GREEN", "SURGE"
            ),
            "clusterTelemetry.type": rules.one_of("DISABLED", "ENABLED", "SYSTEM_ONLY"),
            "confidentialNodes.confidentialInstanceType": rules.one_of("SEV", "SEV_SNP", "TDX"),
            "databaseEncryption.state": rules.one_of("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED", "DECRYPTED"),
            "datapathProvider": rules.one_of("DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"),
            "dnsConfig.clusterDns": rules.one_of("PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"),
            "dnsConfig.clusterDnsScope": rules.one_of("DNS_SCOPE_UNSPECIFIED", "CLUSTER_SCOPE", "VPC_SCOPE"),
            "enterpriseConfig.desiredTier": rules.one_of("STANDARD", "ENTERPRISE"),
            "fleet.membershipType": rules.one_of("LIGHTWEIGHT"),
            "gatewayApiConfig.channel": rules.one_of("CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"),
            "inTransitEncryptionConfig": rules.one_of(
                "IN_TRANSIT_ENCRYPTION_CONFIG_UNSPECIFIED",
                "IN_TRANSIT_ENCRYPTION_DISABLED",
                "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
            ),
            "ipAllocationPolicy.stackType": rules.one_of("IPV4", "IPV4_IPV6"),
            "loggingConfig.enableComponents": rules.all_of(
                *("SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "KCP_CONNECTION", "KCP_SSHD", "KCP_HPA"),
                *("KCP_VPA", "SCHEDULER", "WORKLOADS"),
            ),
            "loggingService": rules.one_of("logging.googleapis.com", "logging.googleapis.com/kubernetes", "none"),
            "maintenancePolicy.dailyMaintenanceWindow.startTime": rules.time_of_day,
            "maintenancePolicy.maintenanceExclusions[*].endTime": rules.timestamp,
            "maintenancePolicy.maintenanceExclusions[*].startTime": rules.timestamp,
            "maintenancePolicy.maintenanceExclusions[*].exclusionOptions.scope": rules.one_of(
                "NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"
            ),
            "notificationConfig.pubsub.filter.eventTypes": rules.all_of(
                "UPGRADE_AVAILABLE_EVENT", "UPGRADE_EVENT", "SECURITY_BULLETIN_EVENT", "UPGRADE_INFO_EVENT"
            ),
            "maintenancePolicy.recurringWindow.endTime": rules.timestamp,
            "maintenancePolicy.recurringWindow.startTime": rules.timestamp,
            "masterAuthorizedNetworksConfig.cidrBlocks[*].cidrBlock": rules.strict_range,
            "monitoringConfig.managedPrometheus.autoMonitoringConfig.scope": rules.one_of("ALL", "NONE"),
            "monitoringService": rules.one_of(
                "monitoring.googleapis.com", "monitoring.googleapis.com/kubernetes", "none"
            ),
            "networkPolicy.provider": rules.one_of("PROVIDER_UNSPECIFIED", "CALICO"),
            "networkingMode": rules.one_of("VPC_NATIVE", "ROUTES"),
            "nodeCreationConfig.nodeCreationMode": rules.one_of("VIA_KUBELET", "VIA_CONTROL_PLANE"),
            "podAutoscaling.hpaProfile": rules.one_of("NONE", "PERFORMANCE"),
            "privateClusterConfig.masterIpv4CidrBlock": rules.strict_range,
            "releaseChannel.channel": rules.one_of("UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"),
            "securityPostureConfig.mode": rules.one_of("DISABLED", "BASIC", "ENTERPRISE", "MODE_UNSPECIFIED"),
            "securityPostureConfig.vulnerabilityMode": rules.one_of(
                *("VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE"),
                "VULNERABILITY_MODE_UNSPECIFIED",
            ),
        },
        constraints=(
            conflict(
                "enableAutopilot",
                *("addonsConfig.dnsCacheConfig", "addonsConfig.networkPolicyConfig", "addonsConfig.statefulHaConfig"),
                *("binaryAuthorization.enabled", "clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits"),
                *("defaultMaxPodsPerNode", "enableIntranodeVisibility", "enableShieldedNodes", "networkPolicy"),
                *("nodePools", "removeDefaultNodePool"),
            ),
            conflict("binaryAuthorization.enabled", "binaryAuthorization.evaluationMode"),
            conflict("clusterIpv4Cidr", "ipAllocationPolicy"),
            conflict("clusterTelemetry", "loggingService", "monitoringService"),
            conflict("enableTpu", "tpuConfig"),
            *(
                conflict(
                    f"ipAllocationPolicy.{block}",
                    "ipAllocationPolicy.clusterSecondaryRangeName",
                    "ipAllocationPolicy.servicesSecondaryRangeName",
                )
                for block in ("clusterIpv4CidrBlock", "servicesIpv4CidrBlock")
            ),
            at_least_one_of("addonsConfig.*"),
            at_least_one_of(*under("protectConfig", ("workloadConfig", "workloadVulnerabilityMode"))),
            at_least_one_of(
                *under(
                    "privateClusterConfig",
                    (
                        *("enablePrivateEndpoint", "enablePrivateNodes", "masterGlobalAccessConfig"),
                        *("masterIpv4CidrBlock", "privateEndpointSubnetwork"),
                    ),
                )
            ),
            exactly_one_of(
                *under("maintenancePolicy", ("dailyMaintenanceWindow", "recurringMaintenanceWindow", "recurringWindow"))
            ),
        ),
        api_rules={"location": rules.location},
        replaces=(
            *NODE_REPLACES,
            *("clusterIpv4Cidr", "confidentialNodes", "dataplaneOptimizationMode", "datapathProvider"),
            *("defaultMaxPodsPerNode", "description", "enableAutopilot", "enableKubernetesAlpha", "enableTpu"),
            *("initialNodeCount", "ipAllocationPolicy", "masterAuth.clientCertificateConfig", "network"),
            *("networkingMode", "nodePools", "privateClusterConfig.masterIpv4CidrBlock"),
            *(
                "privateClusterConfig.privateEndpointSubnetwork",
                "subnetwork",
                "tpuConfig",
                f"{DEFAULTS}.bootDiskKmsKey",
            ),
            *under("userManagedKeysConfig", ("aggregationCa", "clusterCa", "etcdApiCa", "etcdPeerCa")),
        ),
        in_place=(
            *NODE_IN_PLACE,
            *under(
                "ipAllocationPolicy",
                (
                    *("additionalIpRangesConfigs", "additionalPodRangesConfig", "autoIpamConfig", "networkTierConfig"),
                    *("podCidrOverprovisionConfig.disabled", "stackType"),
                ),
            ),
        ),
        replaces_if={
            "enableFqdnNetworkPolicy": rules.is_switched_off,
            "enableK8sBetaApis.enabledApis": rules.loses_element,
            "enableL4IlbSubsetting": rules.is_switched_off,
        },
        computed_inputs=(
            *NODE_COMPUTED,
            *("addonsConfig.*", "addonsConfig.rayOperatorConfigs[*].rayClusterLoggingConfig"),
            *("addonsConfig.rayOperatorConfigs[*].rayClusterMonitoringConfig", "binaryAuthorization.evaluationMode"),
            *("clusterAutoscaling.autoProvisioningDefaults", "clusterAutoscaling.autoProvisioningLocations"),
            *("clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", f"{DEFAULTS}.management"),
            *(f"{DEFAULTS}.management.*", f"{DEFAULTS}.oauthScopes", f"{DEFAULTS}.upgradeSettings"),
            *(f"{DEFAULTS}.upgradeSettings.blueGreenSettings", f"{DEFAULTS}.upgradeSettings.strategy"),
            *under(f"{DEFAULTS}.upgradeSettings.blueGreenSettings", ("*", "standardRolloutPolicy.*")),
            *("controlPlaneEndpointsConfig.*", "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint"),
            *("enterpriseConfig.desiredTier", "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled"),
            "masterAuthorizedNetworksConfig.privateEndpointEnforcementEnabled",
            *("monitoringConfig.*", "monitoringConfig.managedPrometheus.autoMonitoringConfig"),
            *("nodePoolAutoConfig.linuxNodeConfig.cgroupMode", "nodePoolAutoConfig.nodeKubeletConfig"),
            *("nodePoolAutoConfig.nodeKubeletConfig.*", "nodePoolDefaults.nodeConfigDefaults.*"),
            *("privateClusterConfig.masterGlobalAccessConfig", "privateClusterConfig.masterIpv4CidrBlock"),
            *(
                "protectConfig.*",
                "secretManagerConfig.rotationConfig",
                "secretManagerConfig.rotationConfig.rotationInterval",
            ),
            *("secretSyncConfig.rotationConfig", "secretSyncConfig.rotationConfig.rotationInterval"),
            "securityPostureConfig.*",
            *under(
                "ipAllocationPolicy",
                (
                    *("autoIpamConfig", "clusterIpv4CidrBlock", "clusterSecondaryRangeName", "networkTierConfig"),
                    *("podCidrOverprovisionConfig", "servicesIpv4CidrBlock", "servicesSecondaryRangeName"),
                ),
            ),
        ),
        sets=(
            *NODE_SETS,
            *("enableK8sBetaApis.enabledApis", "ipAllocationPolicy.additionalPodRangesConfig.podRangeNames"),
            *("loggingConfig.enableComponents", "maintenancePolicy.maintenanceExclusions"),
            *("masterAuthorizedNetworksConfig.cidrBlocks", "monitoringConfig.enableComponents", "nodeLocations"),
            *(
                "userManagedKeysConfig.serviceAccountSigningKeys",
                "userManagedKeysConfig.serviceAccountVerificationKeys",
            ),
        ),
        defaults={
            **NODE_DEFAULTS,
            "deletionProtection": True,
            "network": "default",
            "networkingMode": "VPC_NATIVE",
            "enableShieldedNodes": True,
            "addonsConfig.istioConfig.auth": "AUTH_NONE",
            "clusterAutoscaling.autoscalingProfile": "BALANCED",
            f"{DEFAULTS}.diskSize": 100,
            f"{DEFAULTS}.diskType": "pd-standard",
            f"{DEFAULTS}.imageType": "COS_CONTAINERD",
            f"{DEFAULTS}.minCpuPlatform": "automatic",
            f"{DEFAULTS}.serviceAccount": "default",
            f"{DEFAULTS}.shieldedInstanceConfig.enableIntegrityMonitoring": True,
            "ipAllocationPolicy.stackType": "IPV4",
            "resourceUsageExportConfig.enableResourceConsumptionMetering": True,
        },
        equivalences={
            **NODE_EQUIVALENCES,
            "binaryAuthorization": removal_of_disabled,
            "clusterAutoscaling.autoscalingProfile": on_autopilot,
            "clusterAutoscaling.resourceLimits": on_autopilot,
            f"{DEFAULTS}.diskSize": on_autopilot,
            f"{DEFAULTS}.diskType": on_autopilot,
            f"{DEFAULTS}.imageType": on_autopilot,
            "databaseEncryption.state": of_encryption,
            "dnsConfig": on_autopilot,
            "ipAllocationPolicy.clusterIpv4CidrBlock": range_of_size,
            "ipAllocationPolicy.servicesIpv4CidrBlock": range_of_size,
            "maintenancePolicy.dailyMaintenanceWindow.startTime": of_time,
            "networkPolicy": removal_of_disabled,
            "podSecurityPolicyConfig": removal_of_disabled,
            "privateClusterConfig.enablePrivateEndpoint": without_ip_endpoint,
            "privateClusterConfig.masterGlobalAccessConfig.enabled": without_ip_endpoint,
            "privateClusterConfig.privateEndpointSubnetwork": subnetwork_for_range,
            "secretManagerConfig": removal_of_disabled,
            "secretSyncConfig": removal_of_disabled,
        },
        computed={
            "clusterIpv4Cidr": computed.pods_range,
            "endpoint": computed.endpoint,
            "masterAuth.clusterCaCertificate": computed.certificate_authority,
            "masterVersion": computed.version,
            "nodeVersion": computed.version,
            "selfLink": computed.container_link,
            "servicesIpv4Cidr": computed.services_range,
        },
        labels="resourceLabels",
    ),
    "gcp:container/nodePool:NodePool": ResourceType(
        name="projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
        references={"cluster": CLUSTER},
        rules={
            **NODE_RULES,
            "autoscaling.locationPolicy": rules.one_of("BALANCED", "ANY"),
            **{
                path: rules.between(0)
                for path in (
                    *under("autoscaling", ("maxNodeCount", "minNodeCount", "totalMaxNodeCount", "totalMinNodeCount")),
                    *("nodeCount", "upgradeSettings.maxSurge", "upgradeSettings.maxUnavailable"),
                )
            },
            "upgradeSettings.strategy": rules.one_of("SURGE", "BLUE_GREEN"),
        },
        api_rules={"name": rules.name(40), "location": rules.location},
        replaces=(
            *NODE_REPLACES,
            *("initialNodeCount", "maxPodsPerNode", "namePrefix", "placementPolicy", "queuedProvisioning"),
            *under(
                "networkConfig",
                (
                    *("acceleratorNetworkProfile", "additionalNodeNetworkConfigs", "additionalPodNetworkConfigs"),
                    *("createPodRange", "podCidrOverprovisionConfig", "podIpv4CidrBlock", "podRange", "subnetwork"),
                ),
            ),
        ),
        in_place=(
            *NODE_IN_PLACE,
            *(
                "networkConfig.podCidrOverprovisionConfig.disabled",
                "placementPolicy.tpuTopology",
                "placementPolicy.type",
            ),
        ),
        computed_inputs=(
            *NODE_COMPUTED,
            *("autoscaling.locationPolicy", "upgradeSettings.blueGreenSettings", "upgradeSettings.maxSurge"),
            "upgradeSettings.maxUnavailable",
            *under(
                "networkConfig",
                (
                    *("additionalNodeNetworkConfigs", "additionalNodeNetworkConfigs[*].*", "enablePrivateNodes"),
                    *("additionalPodNetworkConfigs[*].maxPodsPerNode", "podCidrOverprovisionConfig"),
                    *("podIpv4CidrBlock", "podRange", "subnetwork"),
                ),
            ),
        ),
        sets=(*NODE_SETS, "nodeLocations"),
        defaults={
            **NODE_DEFAULTS,
            "management.autoRepair": True,
            "management.autoUpgrade": True,
            "upgradeSettings.strategy": "SURGE",
        },
        equivalences={**NODE_EQUIVALENCES, "networkConfig.podIpv4CidrBlock": range_of_size},
        computed={
            "initialNodeCount": computed.node_count,
            "instanceGroupUrls": computed.nothing,
            "managedInstanceGroupUrls": computed.nothing,
            "nodeCount": computed.node_count,
            "operation": computed.empty,
            "version": computed.version,
        },
    ),
}
