"""The app's image against that of the Dockerfile that it replaces, on the same base and from an empty cache."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.row import Row, medians
from sandbox.home import Home
from sandbox.registry.base import BaseImages
from sandbox.registry.buildah import Buildah

REPOSITORY = Path(__file__).resolve().parents[1]
APP = REPOSITORY / "app"
ORIGINAL = Path(__file__).parent / "original"

CHANGES = 3
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
        images = [
            _Image(storage, empty / "ours", APP, base.references),
            _Image(storage, empty / "original", ORIGINAL, {"BASE_IMAGE": base.builder}),
        ]
        our_cold, their_cold = (image.build() for image in images)
        (warm,) = medians([images[0].rebuild], CHANGES)
        our_size, their_size = (image.size() for image in images)
    original = "the original's Dockerfile"
    return [
        Row("image", our_size, original, their_size, "MB", 0.45),
        Row("cold build", our_cold, original, their_cold, "s", 1.5),
        Row("build after a change of the code", warm, "the same, cold", our_cold, "s", 0.3),
    ]


class _Image:
    def __init__(self, storage: Buildah, work: Path, source: Path, arguments: Mapping[str, str]) -> None:
        self.storage = storage
        self.name = f"localhost/bench/{work.name}:1"
        self.archive = work / "image.tar"
        self.context = work / "context"
        self.arguments = arguments
        shutil.copytree(source, self.context, ignore=shutil.ignore_patterns("__pycache__"))

    def build(self) -> float:
        """Seconds."""
        start = time.perf_counter()
        self.storage.build(self.name, self.context, self.context / "Dockerfile", arguments=self.arguments)
        return time.perf_counter() - start

    def rebuild(self) -> float:
        """Seconds, after a change of the code."""
        with (self.context / "main.py").open("a") as code:
            code.write("\n# A change.\n")
        return self.build()

    def size(self) -> float:
        """Megabytes, uncompressed."""
        _buildah(self.storage, "push", "--quiet", self.name, f"docker-archive:{self.archive}")
        return self.archive.stat().st_size / MEGABYTE


def _copy(source: Buildah, target: Buildah, image: str, archive: Path) -> None:
    """An image from one storage to another, by way of a file."""
    _buildah(source, "push", "--quiet", image, f"docker-archive:{archive}:{image}")
    _buildah(target, "pull", "--quiet", f"docker-archive:{archive}")
    archive.unlink()


def _buildah(storage: Buildah, *arguments: str) -> None:
    place = [f"--root={storage.directory}/storage", f"--runroot={storage.directory}/run"]
    subprocess.run(["buildah", *place, *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
