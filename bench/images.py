"""The app's image against that of the Dockerfile that it replaces, on the same base and from an empty cache."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.row import Row
from sandbox.home import Home
from sandbox.registry.base import BaseImages
from sandbox.registry.buildah import Buildah

REPOSITORY = Path(__file__).resolve().parents[1]
APP = REPOSITORY / "app"
ORIGINAL = Path(__file__).parent / "original"

MEGABYTE = 1e6


def rows() -> list[Row]:
    """Needs root and the base images, which the first `up` makes."""
    base = BaseImages(Home.locate())
    base.prepare(lambda _message: None)
    with TemporaryDirectory() as directory:
        empty = Path(directory)
        storage = Buildah(Home(empty, empty))
        for image in base.references.values():
            _copy(base.buildah, storage, image, empty / "base.tar")
        ours = _Image(storage, empty / "ours", APP, base.references).measured()
        theirs = _Image(storage, empty / "original", ORIGINAL, {"BASE_IMAGE": base.builder}).measured()
    return [
        Row("image", ours.size, "the original's Dockerfile", theirs.size, "MB", 0.45),
        Row("cold build", ours.cold, "the original's Dockerfile", theirs.cold, "s", 1.5),
        Row("build after a change of the code", ours.warm, "the same, cold", ours.cold, "s", 0.15),
        Row("build after a change of the code", ours.warm, "the original's Dockerfile", theirs.warm, "s", 1.5),
    ]


@dataclass(frozen=True)
class _Measured:
    """Megabytes uncompressed, and seconds."""

    size: float
    cold: float
    warm: float


@dataclass(frozen=True)
class _Image:
    storage: Buildah
    work: Path
    source: Path
    arguments: Mapping[str, str]

    @property
    def _name(self) -> str:
        return f"localhost/bench/{self.work.name}:1"

    def measured(self) -> _Measured:
        context = self.work / "context"
        shutil.copytree(self.source, context, ignore=shutil.ignore_patterns("__pycache__"))
        cold = self._build(context)
        with (context / "main.py").open("a") as code:
            code.write("\n# A change.\n")
        warm = self._build(context)
        archive = self.work / "image.tar"
        _buildah(self.storage, "push", "--quiet", self._name, f"docker-archive:{archive}")
        return _Measured(archive.stat().st_size / MEGABYTE, cold, warm)

    def _build(self, context: Path) -> float:
        start = time.perf_counter()
        self.storage.build(self._name, context, context / "Dockerfile", arguments=self.arguments)
        return time.perf_counter() - start


def _copy(source: Buildah, target: Buildah, image: str, archive: Path) -> None:
    """An image from one storage to another, by way of a file."""
    _buildah(source, "push", "--quiet", image, f"docker-archive:{archive}:{image}")
    _buildah(target, "pull", "--quiet", f"docker-archive:{archive}")
    archive.unlink()


def _buildah(storage: Buildah, *arguments: str) -> None:
    place = [f"--root={storage.directory}/storage", f"--runroot={storage.directory}/run"]
    subprocess.run(["buildah", *place, *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
