"""Quantities of processor and memory, as Kubernetes writes them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from settings.mistake import SettingError

_UNITS = {
    **dict(zip(("n", "u", "m", ""), (Decimal(10) ** power for power in (-9, -6, -3, 0)), strict=True)),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([-+]?[0-9]{1,2}))?")
"""Of k8s.io/apimachinery, package resource: "quantity", without negative ones."""

FINEST_CPU = Decimal("0.001")
"""Kubernetes' documentation, "CPU resource units": nothing finer than 1m is allowed."""

LEAST_BYTES = 1024**2
"""Less than 1Mi starts no container."""


def amount(quantity: str) -> Decimal:
    """Its value in cores or bytes: 500m is 0.5, 1Ki is 1024. ValueError when it is no quantity."""
    if not (match := _QUANTITY.fullmatch(quantity)):
        raise ValueError(quantity)
    return Decimal(match[1]) * (Decimal(10) ** int(match[3]) if match[3] else _UNITS[match[2] or ""])


def _cpu(quantity: str) -> str:
    if not _QUANTITY.fullmatch(quantity) or quantity.endswith("i") or amount(quantity) == 0:
        raise SettingError(
            "This is no amount of processor time.", "Write cores or thousandths of one, such as 2 or 500m."
        )
    if amount(quantity) % FINEST_CPU:
        raise SettingError(
            "Kubernetes divides no core finer than into thousandths.", "Write whole thousandths, such as 500m."
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
