"""Kubernetes API versions and kinds. (pulumi/pulumi-kubernetes: provider/pkg/kinds)"""

from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]
"""A Kubernetes object, as JSON."""

CLUSTER_SCOPED = frozenset(
    {
        *("APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole"),
        *("ClusterRoleBinding", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IPAddress"),
        *("IngressClass", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
        *("MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass"),
        *("PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass", "ServiceCIDR", "StorageClass"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
        *("ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass"),
    }
)
"""Kinds of Kubernetes' own groups (v1.36) that live in no namespace."""


BUILTIN_GROUPS = frozenset(
    {
        *("", "core", "apps", "autoscaling", "batch", "extensions", "policy", "admissionregistration.k8s.io"),
        *("apiextensions.k8s.io", "apiregistration.k8s.io", "certificates.k8s.io", "coordination.k8s.io"),
        *("discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io"),
        *("rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io"),
    }
)
"""Kubernetes' own API groups; others are of a CustomResourceDefinition."""


def kind_of(thing: Mapping[str, Any]) -> str:
    return str(thing.get("kind", ""))


def group_of(thing: Mapping[str, Any]) -> str:
    """The API group; empty for the core group."""
    group, slash, _ = str(thing.get("apiVersion", "")).partition("/")
    return group if slash else ""


def is_builtin(thing: Mapping[str, Any]) -> bool:
    return group_of(thing) in BUILTIN_GROUPS


def is_namespaced(thing: Mapping[str, Any]) -> bool:
    """Whether the object lives in a namespace; objects of a CustomResourceDefinition are taken to."""
    return not (is_builtin(thing) and kind_of(thing).removesuffix("Patch") in CLUSTER_SCOPED)


def is_patch(type_: str, thing: Mapping[str, Any]) -> bool:
    """Whether a resource changes some fields of an object that others own."""
    return type_.rpartition(":")[2] == f"{kind_of(thing)}Patch"


def metadata_of(thing: Mapping[str, Any]) -> Object:
    """The metadata; empty while it is not known."""
    metadata = thing.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def annotations_of(thing: Mapping[str, Any]) -> Object:
    """The annotations; none while they are not known."""
    annotations = metadata_of(thing).get("annotations")
    return annotations if isinstance(annotations, dict) else {}


def identifier(thing: Mapping[str, Any]) -> str:
    """The Pulumi id of an object: `namespace/name`, or `name` without a namespace."""
    metadata = metadata_of(thing)
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"])


def identified(type_: str, resource_id: str) -> Object:
    """What a type token and a Pulumi id tell of an object."""
    _, module, kind = type_.rpartition("$")[2].split(":")
    namespace, _, name = resource_id.rpartition("/")
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": module.removeprefix("core/"), "kind": kind, "metadata": metadata}
