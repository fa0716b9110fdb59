"""What the stand-ins made up in place of a provider."""

from collections.abc import Collection, Iterator

from sandbox.graph import urn as urns
from sandbox.graph.plugins.docker import DIGEST
from sandbox.graph.property import Value, find, parse_path
from sandbox.graph.resource import Resource
from sandbox.providers.gcp.types import TYPES

TELLING = 7
"""Characters from which on a text cannot be part of another by chance."""


def computed_texts(resources: Collection[Resource]) -> tuple[str, ...]:
    """The texts among the outputs of deployed resources that only a provider could know, longest first."""
    texts = {text for resource in resources for text in _computed(resource) if len(text) >= TELLING}
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


def _computed(resource: Resource) -> Iterator[str]:
    """Texts among the outputs that the provider computed, not the program."""
    if urns.package(resource.type) == "docker":
        yield from (str(resource.outputs.get("repoDigest", "")), DIGEST)
    kind = TYPES.get(resource.type)
    for path in kind.computed if kind else ():
        yield from _texts(find(resource.outputs, parse_path(path)))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
