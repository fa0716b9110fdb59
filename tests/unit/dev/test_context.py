"""What is watched."""

from pathlib import Path

import pytest

from sandbox.dev.context import Context, contexts, outermost
from tests.unit.dev import state
from tests.unit.dev.conftest import DOCKERFILE


@pytest.fixture
def cart(project: Path) -> Context:
    return contexts([state.service("web"), state.image("cart", project, "apps/cart", DOCKERFILE)], project)[0]


def test_the_state_says_which_directory_an_image_is_built_from(project: Path, cart: Context) -> None:
    assert (cart.name, cart.directory) == ("cart", project / "apps" / "cart")
    assert cart.dockerfile == project / DOCKERFILE


def test_what_is_deployed_has_the_digest_of_what_it_was_built_from(cart: Context) -> None:
    assert cart.digest == cart.built
    (cart.directory / "service.py").write_text("name = 'other'\n")
    assert cart.digest != cart.built


def test_files_that_the_build_does_not_see_make_no_other_image(cart: Context) -> None:
    (cart.directory / "notes.txt").write_text("to do")
    assert cart.digest == cart.built


def test_an_editor_that_has_just_taken_the_dockerfile_away_is_waited_for(cart: Context) -> None:
    cart.dockerfile.unlink()
    assert cart.digest == cart.built


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("apps/cart/service.py", True),
        ("apps/cart/deep/below/file", True),
        ("apps/Dockerfile", True),
        ("apps/Dockerfile.dockerignore", True),
        ("apps/till/service.py", False),
        ("apps/cartography/service.py", False),
        ("apps/README.md", False),
    ],
)
def test_an_image_depends_on_its_context_and_its_dockerfile(
    project: Path, cart: Context, path: str, expected: bool
) -> None:
    assert cart.depends_on(project / path) is expected


def test_no_directory_is_watched_twice() -> None:
    paths = [Path("/p/apps"), Path("/p/apps/cart"), Path("/p/apps/till/deep"), Path("/p/appstore"), Path("/p/apps")]
    assert outermost(paths) == [Path("/p/apps"), Path("/p/appstore")]
