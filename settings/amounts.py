"""Amounts of the resources that a container uses."""

from collections.abc import Iterator

from settings.mistake import SettingError
from settings.model import Model
from settings.quantity import Cpu, Memory, amount


class Amounts(Model):
    """How much of each resource."""

    cpu: Cpu
    memory: Memory
    ephemeral_storage: Memory

    @property
    def manifest(self) -> dict[str, str]:
        """As a container's `resources` hold them."""
        return {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": self.ephemeral_storage}


def excess(requests: Amounts, limits: Amounts) -> Iterator[SettingError]:
    """A mistake for each amount in `requests` that exceeds the one in `limits`, as a rule of who has both."""
    for name in ("cpu", "memory", "ephemeral_storage"):
        wanted, most = getattr(requests, name), getattr(limits, name)
        if amount(wanted) > amount(most):
            yield SettingError(
                f"requests exceeds limits in {name.replace('_', '-')}, so Kubernetes would refuse the pods.",
                f"Write at most {most}, or raise limits.",
                "requests",
                name,
            )
