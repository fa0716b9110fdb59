"""Names of objects whose program gives them none. (pulumi/pulumi-kubernetes: provider/pkg/metadata/naming.go)"""

import hashlib
import json
from typing import Any

from sandbox.graph.plugins.kubernetes.kinds import Object, annotations_of, metadata_of

AUTONAMED = "pulumi.com/autonamed"


def is_autonamed(thing: Object) -> bool:
    return annotations_of(thing).get(AUTONAMED) == "true"


def with_name(new: Object, old: Object, urn: str, resource: str) -> Object:
    """The inputs with a name: the program's own, else the old generated one, else `<resource>-<8 hex digits>`.

    The digits come from the URN and the inputs, so that the same program always gives the same names. What is created
    has no old inputs, nor has a replacement.
    """
    metadata = new.get("metadata", {})
    if not isinstance(metadata, dict) or metadata.get("name") or metadata.get("generateName"):
        return new
    if old and not is_autonamed(old):
        return new
    name = metadata_of(old)["name"] if old else f"{resource}-{digits(urn, new)}"
    annotations = {**annotations_of(new), AUTONAMED: "true"}
    return {**new, "metadata": {**metadata, "name": name, "annotations": annotations}}


def digits(urn: str, inputs: Any) -> str:
    """Eight hexadecimal digits."""
    return hashlib.sha256(f"{urn} {json.dumps(inputs, sort_keys=True)}".encode()).hexdigest()[:8]
