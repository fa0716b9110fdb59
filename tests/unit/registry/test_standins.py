"""Stand-ins: which are built, and what they are called."""

from collections.abc import Collection
from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.registry.base import BaseImages
from sandbox.registry.registry import Registry
from sandbox.registry.standins import RECIPES, StandIns


class Storage:
    """An image storage that holds some images, and notes what is built into it."""

    def __init__(self, held: Collection[str] = ()) -> None:
        self.held = held
        self.built: list[tuple[str, str]] = []

    def identifier(self, name: str) -> str | None:
        return "sha256:1" if name in self.held else None

    def build(self, name: str, _context: Path, dockerfile: Path, *, arguments: dict[str, str]) -> None:
        assert dockerfile.exists()
        self.built.append((name, arguments["BUILDER_IMAGE"]))


@pytest.fixture
def base(tmp_path: Path) -> BaseImages:
    return BaseImages(Home(tmp_path / "home", tmp_path / "cache"))


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    for name in ("left", "right"):
        (tmp_path / "recipes" / name).mkdir(parents=True)
        (tmp_path / "recipes" / name / "Dockerfile").write_text(name)
    return tmp_path / "recipes"


def test_only_what_is_asked_for_is_built_and_from_the_builder(
    base: BaseImages, recipes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standins, storage = StandIns(base, recipes), Storage()
    monkeypatch.setattr(base, "buildah", storage)
    standins.prepare(["LEFT_IMAGE"], lambda _: None)
    assert storage.built == [(standins.references["LEFT_IMAGE"], base.builder)]


def test_what_is_there_is_not_built_again(base: BaseImages, recipes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standins = StandIns(base, recipes)
    storage = Storage(held=standins.references.values())
    monkeypatch.setattr(base, "buildah", storage)
    standins.prepare(["LEFT_IMAGE", "RIGHT_IMAGE"], lambda _: None)
    assert storage.built == []


@pytest.mark.parametrize("change", ["another text", "another file", "another mode", "another builder"])
def test_whatever_an_image_is_made_of_gives_it_a_name_of_its_own(change: str, base: BaseImages, recipes: Path) -> None:
    before = StandIns(base, recipes).references
    match change:
        case "another text":
            (recipes / "left" / "Dockerfile").write_text("other")
        case "another file":
            (recipes / "left" / "entrypoint").touch()
        case "another mode":
            (recipes / "left" / "Dockerfile").chmod(0o755)
        case _:
            base.builder += "1"
    after = StandIns(base, recipes).references
    assert after["LEFT_IMAGE"] != before["LEFT_IMAGE"]
    assert (after["RIGHT_IMAGE"] == before["RIGHT_IMAGE"]) is (change != "another builder")


def test_the_registry_makes_the_stand_ins_that_a_project_refers_to(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path / "cache")
    assert Registry(home, ["NGINX_IMAGE", "RUNTIME_IMAGE"]).wanted == ["NGINX_IMAGE"]
    assert Registry(home).wanted == []


@pytest.mark.parametrize("recipe", [path.parent for path in RECIPES.glob("*/Dockerfile")], ids=lambda path: path.name)
def test_no_stand_in_runs_as_root_and_each_starts_from_the_builder(recipe: Path) -> None:
    lines = (recipe / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users and int(users[-1].split(":")[0]) > 0
    assert any(line.startswith("FROM ${BUILDER_IMAGE}") for line in lines)
    # Debian's archives are fetched with the machine's authorities wherever a proxy signs in their place.
    assert "apt-get" not in "\n".join(lines) or "id=ca_bundle" in "\n".join(lines)
