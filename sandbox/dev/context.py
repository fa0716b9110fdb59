"""The build contexts of a stack, as its state names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.providers.docker.context import digest

IMAGE = "docker:index/image:Image"


@dataclass(frozen=True)
class Context:
    """The directory that an image is built from."""

    urn: str
    """Of the image."""
    directory: Path
    dockerfile: Path
    built: str
    """Digest of the files that the deployed image was built from."""

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @property
    def paths(self) -> list[Path]:
        """Directories to watch: the Dockerfile may lie outside of the build context."""
        return [self.directory, self.dockerfile.parent]

    def depends_on(self, path: Path) -> bool:
        """Whether a change of this file may change the image."""
        ignore = self.dockerfile.with_name(f"{self.dockerfile.name}.dockerignore")
        return path.is_relative_to(self.directory) or path in (self.dockerfile, ignore)

    @property
    def digest(self) -> str:
        """Digest of the files that a build would see now."""
        try:
            return digest(self.directory, self.dockerfile)
        except FileNotFoundError:
            # An editor replaces a file by removing it first; without a Dockerfile there is nothing to build.
            return self.built


def contexts(resources: Iterable[Mapping[str, Any]], project: Path) -> list[Context]:
    """Those of every image in the state of the stack whose `Pulumi.yaml` lies in `project`."""
    builds = {entry["urn"]: entry["inputs"]["build"] for entry in resources if entry["type"] == IMAGE}
    return [
        Context(
            urn,
            (project / build["context"]).resolve(),
            (project / build["dockerfile"]).resolve(),
            build.get("contextDigest", ""),
        )
        for urn, build in builds.items()
    ]


def outermost(paths: Iterable[Path]) -> list[Path]:
    """Those that lie in none of the others."""
    unique = set(paths)
    return sorted(path for path in unique if unique.isdisjoint(path.parents))
