"""Pulumi type tokens and Kubernetes API versions and kinds."""

from dataclasses import dataclass
from typing import Any

from sandbox.errors import SandboxError

Object = dict[str, Any]
"""A Kubernetes object, as JSON."""

INSTEAD = "Render it to YAML with its own tool and load that with pulumi_kubernetes.yaml.ConfigFile"

UNSUPPORTED = {
    "helm.sh": f"Helm charts are rendered by the published provider plugin. {INSTEAD}",
    "helm": f"Helm charts are rendered by the published provider plugin. {INSTEAD}",
    "yaml": "yaml/v2 is a component inside the published provider plugin. Use pulumi_kubernetes.yaml.ConfigFile or "
    "ConfigGroup, which take the same files",
    "kustomize": f"Kustomize directories are rendered by the published provider plugin. {INSTEAD}",
}
"""Groups of type tokens that name no Kubernetes API: why, and what to do instead."""

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


@dataclass(frozen=True)
class Type:
    """What a type token stands for; a `patch` changes some fields of an object that others own."""

    api_version: str
    kind: str
    patch: bool = False


def type_of(token: str, stated: str = "") -> Type:
    """The type of a token such as `kubernetes:apps/v1:Deployment` or `kubernetes:core/v1:NamespacePatch`.

    The token may be headed by its parents' (`a:b:C$kubernetes:core/v1:Namespace`). `stated` is the kind in the
    resource's own properties, if there are any: it tells a patch from a custom kind whose name ends in Patch.
    Raises SandboxError for what is no single Kubernetes object.
    """
    token = token.rpartition("$")[2]
    _, module, kind = token.split(":")
    group, _, version = module.partition("/")
    builtin = "." not in group or group.endswith(".k8s.io")
    reason = UNSUPPORTED.get(group)
    if reason is None and not version:
        reason = "its module is not of the form group/version. Correct the resource's type"
    elif reason is None and builtin and kind.endswith("List"):
        reason = "a list is not an object. Declare its items, one resource each"
    if reason is not None:
        raise SandboxError(
            f"{token} is not supported here: {reason}, or put the published plugin on PATH. Nothing was created."
        )
    patch = kind == f"{stated}Patch" or (builtin and kind.endswith("Patch"))
    api_version = version if group == "core" else f"{group}/{version}"
    return Type(api_version, kind.removesuffix("Patch") if patch else kind, patch)


def group_of(api_version: str) -> str:
    """The API group; empty for the core group."""
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def identity(thing: Object) -> Object:
    """What the object is, without what it holds."""
    return {"apiVersion": thing["apiVersion"], "kind": thing["kind"]}


def identifier(live: Object) -> str:
    """The Pulumi id of an object: `namespace/name`, or `name` without a namespace."""
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]


def described(thing: Object) -> str:
    """Kind and id for people: `Deployment dev/web`."""
    return f"{thing['kind']} {identifier(thing)}"


def annotations(thing: Object) -> dict[str, Any]:
    """The annotations; none while they are not known."""
    metadata = thing.get("metadata", {})
    found = metadata.get("annotations") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def annotation(thing: Object, name: str) -> str | None:
    """The value of the annotation `pulumi.com/<name>`."""
    return annotations(thing).get(f"pulumi.com/{name}")
