"""A policy pack that a preview is checked against."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PolicyPack:
    """A directory with a PulumiPolicy.yaml; `config` is a file as `pulumi preview --policy-pack-config` takes it."""

    directory: Path
    config: Path | None = None

    @property
    def arguments(self) -> list[str]:
        """What the Pulumi CLI is given so that it runs the pack."""
        config = ["--policy-pack-config", str(self.config.resolve())] if self.config else []
        return ["--policy-pack", str(self.directory.resolve()), *config]
