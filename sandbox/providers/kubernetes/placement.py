"""Where an object is: its namespace and name."""

from typing import Any

from sandbox.providers.kubernetes.kinds import Object


def placed(thing: Object, namespace: str = "default") -> Object:
    """The object with a namespace spelled out; so leaving out `default` is no change."""
    metadata = thing.get("metadata", {})
    if not isinstance(metadata, dict):
        return thing
    return {**thing, "metadata": {"namespace": namespace, **metadata}}


def place(thing: Object) -> Any:
    """Namespace and name; the whole metadata while it is unknown."""
    metadata = thing.get("metadata", {})
    return (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, dict) else metadata
