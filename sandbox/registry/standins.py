"""Images that stand in for public ones where no public image can be pulled: each built from Debian packages."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from sandbox.addresses import REGISTRY
from sandbox.progress import Report
from sandbox.registry.base import BaseImages

RECIPES = Path(__file__).parent / "standins"
"""A directory for each, with a Dockerfile that starts from the build argument BUILDER_IMAGE, and all that it copies."""


class StandIns:
    """One image for each recipe: `standins/nginx` is `NGINX_IMAGE`.

    Named by a hash of its recipe and of the builder, so that another recipe makes another image.
    """

    def __init__(self, base: BaseImages, recipes: Path = RECIPES) -> None:
        self.base = base
        self.recipes = {f"{found.parent.name.upper()}_IMAGE": found.parent for found in recipes.glob("*/Dockerfile")}

    @property
    def references(self) -> dict[str, str]:
        """Name -> image."""
        return {name: f"{REGISTRY}/standins/{path.name}:{self._key(path)}" for name, path in self.recipes.items()}

    def prepare(self, names: Collection[str], report: Report) -> None:
        """Make these, unless this user's image storage has them; the base images must be there.

        Raises SandboxError for one whose packages cannot be had.
        """
        for name in sorted(names):
            recipe, image = self.recipes[name], self.references[name]
            if self.base.buildah.identifier(image):
                continue
            report(f"Building a stand-in for the public image of {recipe.name} from packages")
            self.base.buildah.build(
                image, recipe, recipe / "Dockerfile", arguments={"BUILDER_IMAGE": self.base.builder}
            )

    def _key(self, recipe: Path) -> str:
        digest = hashlib.sha256(self.base.builder.encode())
        for path in sorted(path for path in recipe.rglob("*") if path.is_file()):
            executable = path.stat().st_mode & 0o100
            digest.update(repr((str(path.relative_to(recipe)), executable, path.read_bytes())).encode())
        return digest.hexdigest()[:12]
