"""Environment variables of the app."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from settings.mistake import SettingError

RESERVED = ("ENVIRONMENT", "METRICS_ADDRESS")
"""The program itself sets them."""

_FIELDS = re.compile(
    r"metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['[^']+'\]"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIP|podIP|hostIPs|podIPs)"
)
"""What a variable can hold of its pod: EnvVarSource, `fieldRef`."""


def refusals(names: Mapping[str, object]) -> list[str]:
    """Names that no variable of the app can have."""
    return [name for name in names if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or name in RESERVED]


def _name(name: str) -> str:
    if refusals({name: ""}):
        raise SettingError(
            f"{name}: no variable can have this name, or the program itself sets it.",
            f"Write letters, digits and underscores, such as LOG_LEVEL, but not {' or '.join(RESERVED)}.",
        )
    return name


def _field(field: str) -> str:
    if not _FIELDS.fullmatch(field):
        raise SettingError(
            "A pod has no such field for a variable, so Kubernetes would refuse it.",
            "Write a field, such as metadata.name, spec.nodeName or status.podIP.",
        )
    return field


VariableName = Annotated[str, AfterValidator(_name)]

Variables = Mapping[VariableName, str]
"""Values by name."""

PodFields = Mapping[VariableName, Annotated[str, AfterValidator(_field)]]
"""Fields of the pod by name."""
