"""Names of objects whose program gives them none."""

import hashlib
import secrets
from copy import deepcopy

from sandbox.providers.kubernetes.kinds import Object, annotation

AUTONAMED = "autonamed"

MANAGER = "pulumi-kubernetes"

LABEL = ("app.kubernetes.io/managed-by", "pulumi")


def named(new: Object, old: Object, resource: str, seed: bytes) -> Object:
    """The inputs with a name: the program's own, else the old generated one, else `<resource>-<8 hex>`.

    As in the published provider, a generated name is marked with the annotation `pulumi.com/autonamed`, comes
    from the engine's random seed, and is kept until the object is replaced (then `old` is empty).
    """
    metadata = new.get("metadata", {})
    if not isinstance(metadata, dict) or metadata.get("name"):
        return new
    if old and annotation(old, AUTONAMED) == "true":
        name = old["metadata"]["name"]
    else:
        suffix = hashlib.sha256(seed).hexdigest()[:8] if seed else secrets.token_hex(4)
        name = f"{resource}-{suffix}"
    named = deepcopy(new)
    metadata = named.setdefault("metadata", {})
    metadata["name"] = name
    metadata.setdefault("annotations", {})[f"pulumi.com/{AUTONAMED}"] = "true"
    return named


def labelled(new: Object, old: Object) -> Object:
    """The inputs with the label `app.kubernetes.io/managed-by: pulumi` when the old inputs have it.

    The published provider sets it on what it applies client-side, and keeps it when it goes over to server-side
    apply; what is created with server-side apply goes without.
    """
    key, value = LABEL
    metadata = new.get("metadata", {})
    if not isinstance(metadata, dict) or (old.get("metadata", {}).get("labels") or {}).get(key) != value:
        return new
    labels = metadata.get("labels", {})
    if not isinstance(labels, dict):
        return new
    return {**new, "metadata": {**metadata, "labels": {key: value, **labels}}}


def field_manager(urn: str) -> str:
    """The field manager of a resource: what it applied is told from what others applied, even after a kill.

    The published provider's suffix is random; this one comes from the URN, so that an object that was applied
    just before its state could be written is recognised by the next run.
    """
    return f"{MANAGER}-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"
