"""The dated price table."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Region(_Model):
    """Dollars an hour of a machine, by type, and a month of a GB of disk, by type."""

    machines: Mapping[str, float]
    disks: Mapping[str, float]


class Prices(_Model):
    """Dollars an hour, but where it says otherwise."""

    date: date
    sources: tuple[str, ...]
    hours_per_month: int
    regions: Mapping[str, Region]
    spot_share: float
    control_plane: float
    nat_per_node: float
    nat_maximum: float
    nat_address: float
    unused_address: float
    forwarding_rules_first_five: float
    forwarding_rule_further: float
    free: tuple[str, ...]
    """Beginnings of type tokens."""

    @property
    def note(self) -> str:
        return f"List prices of {self.date:%Y-%m-%d}, without discounts, free tiers, traffic and tax"


def load() -> Prices:
    """The table in this directory."""
    return Prices.model_validate(yaml.safe_load((Path(__file__).parent / "prices.yaml").read_text()))
