"""Which changed properties replace an object, as in the published provider's force-new table."""

from sandbox.providers.kubernetes.kinds import Object, group_of

IDENTITY = ("kind", "metadata.name", "metadata.namespace")

VOLUME_SOURCES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume"),
    *("flocker", "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs"),
    *("photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)

POD = (
    *("affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks"),
    *("hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName"),
    *("nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates"),
    *("restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount"),
    *("serviceAccountName", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "volumes"),
)

CONTAINER = (
    *("args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports"),
    *("readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath"),
    *("terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"),
)

REPLACES: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        *("spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"),
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("", "PersistentVolume"): tuple(f"spec.{source}" for source in VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): (
        *("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    ),
    ("", "Pod"): (
        *(f"spec.{field}" for field in POD),
        *(f"spec.{group}[*].{field}" for group in ("containers", "initContainers") for field in CONTAINER),
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}

CONTENT = {("", "Secret"): ("data", "stringData"), ("", "ConfigMap"): ("data", "binaryData")}
"""Replaced with their content, unless the provider's enableSecretMutable or enableConfigMapMutable is set."""


def replacing(thing: Object, mutable: frozenset[str]) -> tuple[str, ...]:
    """Paths whose change replaces the object; `mutable` names the kinds whose content is updated in place."""
    key = (group_of(thing["apiVersion"]), thing["kind"])
    paths = (*IDENTITY, *REPLACES.get(key, ()))
    if key in CONTENT and (thing["kind"] not in mutable or thing.get("immutable") is True):
        paths += CONTENT[key]
    return paths
