"""Quantities of processor and memory, as Kubernetes writes them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from settings.mistake import SettingError

_UNITS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGT", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGT", start=1)},
}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|[kMGT]|[KMGT]i|)")

LEAST_BYTES = 1024**2
"""Less than 1Mi starts no container."""


def amount(quantity: str) -> Decimal:
    """Its value in cores or bytes: 500m is 0.5, 1Ki is 1024. ValueError when it is no quantity."""
    if not (match := _QUANTITY.fullmatch(quantity)):
        raise ValueError(quantity)
    return Decimal(match[1]) * _UNITS[match[2]]


def _cpu(quantity: str) -> str:
    if not re.fullmatch(r"[0-9]+m|[0-9]+(\.[0-9]+)?", quantity) or amount(quantity) == 0:
        raise SettingError(
            "This is no amount of processor time.", "Write cores or thousandths of one, such as 2 or 500m."
        )
    return quantity


def _memory(quantity: str) -> str:
    if quantity.endswith("m") and _QUANTITY.fullmatch(quantity):
        raise SettingError(
            f"m means thousandths: it is {amount(quantity).normalize():f} bytes; no container starts.",
            f"For mebibytes write {quantity[:-1]}Mi.",
        )
    if not _QUANTITY.fullmatch(quantity) or amount(quantity) < LEAST_BYTES:
        raise SettingError("This is no usable amount of memory.", "Write mebibytes or gibibytes, such as 128Mi or 1Gi.")
    return quantity


Cpu = Annotated[str, AfterValidator(_cpu), WithJsonSchema({"type": "string", "examples": ["500m", "2"]})]
Memory = Annotated[str, AfterValidator(_memory), WithJsonSchema({"type": "string", "examples": ["128Mi", "1Gi"]})]
