"""The configuration of nodes, which a cluster's default pool and every other node pool have in common."""

from sandbox.providers.gcp import rules
from sandbox.providers.gcp.equivalence import ignoring_case
from sandbox.providers.gcp.types.names import under

RULES: dict[str, rules.Rule] = {
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

REPLACES = under(
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

IN_PLACE = under(
    "nodeConfig",
    (
        *("advancedMachineFeatures.performanceMonitoringUnit", "sandboxConfig.sandboxType", "sandboxConfig.type"),
        "soleTenantConfig.minNodeCpus",
    ),
)

COMPUTED = under(
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

SETS = under("nodeConfig", ("oauthScopes", "reservationAffinity.values", "soleTenantConfig.nodeAffinities"))

DEFAULTS = {
    "nodeConfig.advancedMachineFeatures.performanceMonitoringUnit": "STANDARD",
    "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": True,
}

EQUIVALENCES = {"nodeConfig.gpudirectStrategy": ignoring_case, "nodeConfig.imageType": ignoring_case}
