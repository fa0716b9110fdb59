"""Values as a person may see them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sandbox.graph import urn as urns
from sandbox.graph.offline import OPAQUE
from sandbox.graph.plugins.docker import DIGEST
from sandbox.graph.property import REDACTED, SIGNATURE, UNKNOWN, Value, find, is_secret, parse_path
from sandbox.graph.resource import Resource
from sandbox.providers.gcp.types import TYPES

COMPUTED = "[computed]"

TELLING = 7
"""Characters from which on a text cannot be part of another by chance."""


@dataclass(frozen=True)
class Presentation:
    """`computed` are texts that stand-ins made up, longest first; `unknown` stands for what is not known yet."""

    computed: tuple[str, ...] = ()
    unknown: str = "[unknown]"

    @classmethod
    def of(cls, resources: Collection[Resource]) -> "Presentation":
        """That of values that come from these resources, which stand-ins created."""
        texts = {text for resource in resources for text in _computed(resource) if len(text) >= TELLING}
        return cls(tuple(sorted(texts, key=lambda text: (-len(text), text))))

    def shown(self, value: Value) -> Value:
        """The value without secrets, and with `COMPUTED` for what was made up."""
        if is_secret(value):
            return REDACTED
        if isinstance(value, dict):
            return {key: self.shown(item) for key, item in value.items() if key != SIGNATURE}
        if isinstance(value, list):
            return [self.shown(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        if text == UNKNOWN:
            return self.unknown
        if OPAQUE in text:
            # The program took a secret out of what marks it as one.
            return REDACTED
        for made_up in self.computed:
            text = text.replace(made_up, COMPUTED)
        return text


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
