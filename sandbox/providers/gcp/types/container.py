"""GKE: clusters and node pools."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import at_least_one_of, conflict, exactly_one_of
from sandbox.providers.gcp.equivalence import (
    of_encryption,
    of_time,
    on_autopilot,
    range_of_size,
    removal_of_disabled,
    subnetwork_for_range,
    without_ip_endpoint,
)
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import node_config
from sandbox.providers.gcp.types.names import CLUSTER, NETWORK, SUBNETWORK, under

AUTO_PROVISIONING = "clusterAutoscaling.autoProvisioningDefaults"
"""The configuration of the node pools that GKE makes of its own accord."""

TYPES: dict[str, ResourceType] = {
    "gcp:container/cluster:Cluster": ResourceType(
        name="projects/{project}/locations/{location}/clusters/{name}",
        references={"network": NETWORK, "subnetwork": SUBNETWORK},
        rules={
            **node_config.RULES,
            "name": rules.name(40),
            "anonymousAuthenticationConfig.mode": rules.one_of("ENABLED", "LIMITED"),
            "binaryAuthorization.evaluationMode": rules.one_of("DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"),
            "clusterAutoscaling.autoscalingProfile": rules.one_of("BALANCED", "OPTIMIZE_UTILIZATION"),
            "clusterAutoscaling.resourceLimits[*].maximum": rules.between(1),
            f"{AUTO_PROVISIONING}.diskSize": rules.between(10),
            f"{AUTO_PROVISIONING}.diskType": rules.one_of("pd-standard", "pd-ssd", "pd-balanced", "hyperdisk-balanced"),
            f"{AUTO_PROVISIONING}.imageType": rules.one_of("COS_CONTAINERD", "COS", "UBUNTU_CONTAINERD", "UBUNTU"),
            f"{AUTO_PROVISIONING}.upgradeSettings.strategy": rules.one_of(
                "node_config.POOL_UPDATE_STRATEGY_UNSPECIFIED", "BLUE_GREEN", "SURGE"
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
            *node_config.REPLACES,
            *("clusterIpv4Cidr", "confidentialNodes", "dataplaneOptimizationMode", "datapathProvider"),
            *("defaultMaxPodsPerNode", "description", "enableAutopilot", "enableKubernetesAlpha", "enableTpu"),
            *("initialNodeCount", "ipAllocationPolicy", "masterAuth.clientCertificateConfig", "network"),
            *("networkingMode", "nodePools", "privateClusterConfig.masterIpv4CidrBlock"),
            *(
                "privateClusterConfig.privateEndpointSubnetwork",
                "subnetwork",
                "tpuConfig",
                f"{AUTO_PROVISIONING}.bootDiskKmsKey",
            ),
            *under("userManagedKeysConfig", ("aggregationCa", "clusterCa", "etcdApiCa", "etcdPeerCa")),
        ),
        in_place=(
            *node_config.IN_PLACE,
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
            *node_config.COMPUTED,
            *("addonsConfig.*", "addonsConfig.rayOperatorConfigs[*].rayClusterLoggingConfig"),
            *("addonsConfig.rayOperatorConfigs[*].rayClusterMonitoringConfig", "binaryAuthorization.evaluationMode"),
            *("clusterAutoscaling.autoProvisioningDefaults", "clusterAutoscaling.autoProvisioningLocations"),
            *("clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", f"{AUTO_PROVISIONING}.management"),
            *(
                f"{AUTO_PROVISIONING}.management.*",
                f"{AUTO_PROVISIONING}.oauthScopes",
                f"{AUTO_PROVISIONING}.upgradeSettings",
            ),
            *(
                f"{AUTO_PROVISIONING}.upgradeSettings.blueGreenSettings",
                f"{AUTO_PROVISIONING}.upgradeSettings.strategy",
            ),
            *under(f"{AUTO_PROVISIONING}.upgradeSettings.blueGreenSettings", ("*", "standardRolloutPolicy.*")),
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
            *node_config.SETS,
            *("enableK8sBetaApis.enabledApis", "ipAllocationPolicy.additionalPodRangesConfig.podRangeNames"),
            *("loggingConfig.enableComponents", "maintenancePolicy.maintenanceExclusions"),
            *("masterAuthorizedNetworksConfig.cidrBlocks", "monitoringConfig.enableComponents", "nodeLocations"),
            *(
                "userManagedKeysConfig.serviceAccountSigningKeys",
                "userManagedKeysConfig.serviceAccountVerificationKeys",
            ),
        ),
        defaults={
            **node_config.DEFAULTS,
            "deletionProtection": True,
            "network": "default",
            "networkingMode": "VPC_NATIVE",
            "enableShieldedNodes": True,
            "addonsConfig.istioConfig.auth": "AUTH_NONE",
            "clusterAutoscaling.autoscalingProfile": "BALANCED",
            f"{AUTO_PROVISIONING}.diskSize": 100,
            f"{AUTO_PROVISIONING}.diskType": "pd-standard",
            f"{AUTO_PROVISIONING}.imageType": "COS_CONTAINERD",
            f"{AUTO_PROVISIONING}.minCpuPlatform": "automatic",
            f"{AUTO_PROVISIONING}.serviceAccount": "default",
            f"{AUTO_PROVISIONING}.shieldedInstanceConfig.enableIntegrityMonitoring": True,
            "ipAllocationPolicy.stackType": "IPV4",
            "resourceUsageExportConfig.enableResourceConsumptionMetering": True,
        },
        equivalences={
            **node_config.EQUIVALENCES,
            "binaryAuthorization": removal_of_disabled,
            "clusterAutoscaling.autoscalingProfile": on_autopilot,
            "clusterAutoscaling.resourceLimits": on_autopilot,
            f"{AUTO_PROVISIONING}.diskSize": on_autopilot,
            f"{AUTO_PROVISIONING}.diskType": on_autopilot,
            f"{AUTO_PROVISIONING}.imageType": on_autopilot,
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
            **node_config.RULES,
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
            *node_config.REPLACES,
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
            *node_config.IN_PLACE,
            *(
                "networkConfig.podCidrOverprovisionConfig.disabled",
                "placementPolicy.tpuTopology",
                "placementPolicy.type",
            ),
        ),
        computed_inputs=(
            *node_config.COMPUTED,
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
        sets=(*node_config.SETS, "nodeLocations"),
        defaults={
            **node_config.DEFAULTS,
            "management.autoRepair": True,
            "management.autoUpgrade": True,
            "upgradeSettings.strategy": "SURGE",
        },
        equivalences={**node_config.EQUIVALENCES, "networkConfig.podIpv4CidrBlock": range_of_size},
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
