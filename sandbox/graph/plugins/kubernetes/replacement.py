"""Which changed properties replace an object. (pulumi/pulumi-kubernetes: provider/pkg/provider/diff.go)"""

from collections.abc import Mapping
from typing import Any

from sandbox.graph.plugins.kubernetes.kinds import Object, group_of, kind_of
from sandbox.graph.property import Path

IDENTITY = ("metadata.name", "metadata.namespace")

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

FORCE_NEW: dict[tuple[str, str], tuple[str, ...]] = {
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
        *(f"spec.{group}.*.{field}" for group in ("containers", "initContainers") for field in CONTAINER),
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}

CONTENT = {"Secret": ("type", "stringData", "data"), "ConfigMap": ("binaryData", "data")}
"""Replaced with their content, unless the provider's enableSecretMutable or enableConfigMapMutable is set."""


def force_new(thing: Object, mutable: frozenset[str]) -> tuple[str, ...]:
    """Paths whose change replaces the object; `mutable` names the kinds whose content is updated in place."""
    group, kind = group_of(thing), kind_of(thing)
    content = CONTENT.get(kind, ()) if not group else ()
    if content and (kind not in mutable or thing.get("immutable") is True):
        return IDENTITY + content
    return IDENTITY + FORCE_NEW.get((group, kind), ())


def replaces(path: Path, new: Any, pattern: str) -> bool:
    """Whether a change at `path`, where `new` is the value now, changes what `pattern` names."""
    wanted = pattern.split(".")
    for step, key in zip(path, wanted, strict=False):
        if step != key and not (key == "*" and isinstance(step, int)):
            return False
    return _holds(new, wanted[len(path) :])


def _holds(value: Any, keys: list[str]) -> bool:
    if not keys:
        return True
    if keys[0] == "*":
        return isinstance(value, list) and any(_holds(item, keys[1:]) for item in value)
    return isinstance(value, Mapping) and keys[0] in value and _holds(value[keys[0]], keys[1:])
