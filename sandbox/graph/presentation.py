"""Values as a person may see them."""

from dataclasses import dataclass

from sandbox.graph.offline import OPAQUE
from sandbox.graph.property import REDACTED, SIGNATURE, UNKNOWN, Value, is_secret

COMPUTED = "[computed]"


@dataclass(frozen=True)
class Presentation:
    """`computed` are texts that stand-ins made up, longest first; `unknown` stands for what is not known yet."""

    computed: tuple[str, ...] = ()
    unknown: str = "[unknown]"

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
