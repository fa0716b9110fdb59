"""Amounts of the resources that a container uses."""

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


def refuse_excess(requests: Amounts, limits: Amounts) -> None:
    """SettingError when `requests` exceeds `limits`."""
    most = limits.manifest
    if excess := [name for name, quantity in requests.manifest.items() if amount(quantity) > amount(most[name])]:
        raise SettingError(
            f"requests exceeds limits in {', '.join(excess)}, so Kubernetes would refuse the pods.",
            "Raise limits or lower requests.",
        )
