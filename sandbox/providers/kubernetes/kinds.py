"""Pulumi type tokens and Kubernetes API versions and kinds."""

from typing import Any

from sandbox.errors import SandboxError

Object = dict[str, Any]
"""A Kubernetes object, as JSON."""

UNSUPPORTED = {
    "helm.sh": "Helm charts are rendered by the published provider plugin",
    "helm": "Helm charts are rendered by the published provider plugin",
    "yaml": "YAML components are built by the published provider plugin",
    "kustomize": "Kustomize directories are rendered by the published provider plugin",
}
"""Groups of type tokens that name no Kubernetes API."""

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


def kind_of(token: str) -> tuple[str, str]:
    """The apiVersion and kind of a type token such as `kubernetes:apps/v1:Deployment`.

    The token may be headed by its parents' (`a:b:C$kubernetes:core/v1:Namespace`). Raises SandboxError for
    what is no single Kubernetes object.
    """
    token = token.rpartition("$")[2]
    _, module, kind = token.split(":")
    group, _, version = module.partition("/")
    reason = UNSUPPORTED.get(group)
    if reason is None and not version:
        reason = "its module is not of the form group/version"
    elif reason is None and kind.endswith("Patch"):
        reason = "patches of objects that others own are made by the published provider plugin"
    elif reason is None and kind.endswith("List"):
        reason = "a list is not an object; declare its items"
    if reason is not None:
        raise SandboxError(
            f"{token} is not supported here: {reason}. Nothing was created. "
            "Declare the objects themselves, or put the published plugin on PATH."
        )
    return (version if group == "core" else f"{group}/{version}"), kind


def group_of(api_version: str) -> str:
    """The API group; empty for the core group."""
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def identifier(live: Object) -> str:
    """The Pulumi id of an object: `namespace/name`, or `name` without a namespace."""
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]


def described(thing: Object) -> str:
    """Kind and id for people: `Deployment dev/web`."""
    return f"{thing['kind']} {identifier(thing)}"


def annotation(thing: Object, name: str) -> str | None:
    """The value of the annotation `pulumi.com/<name>`."""
    metadata = thing.get("metadata", {})
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return annotations.get(f"pulumi.com/{name}") if isinstance(annotations, dict) else None
