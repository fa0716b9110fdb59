"""A registry that is away, refuses, or is lost in the middle: `up` says so, and what served goes on serving."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.addresses import REGISTRY
from sandbox.credentials import Credentials
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.registry import buildah
from sandbox.registry.buildah import Buildah
from sandbox.registry.login import Login
from tests.e2e.conftest import Checkout
from tests.faults.proxy import CuttingProxy

pytestmark = pytest.mark.faults

NOBODY = "localhost:9"
"""The discard port, where nobody listens."""

WHOLE = 1 << 40
CUT = 1 << 20
"""Bytes of a connection, after which a layer is on its way but not there."""


@pytest.fixture
def serving(checkout: Checkout) -> Iterator[str]:
    """The stack is up, and a new version waits to be pushed; returns what the one before says."""
    checkout.succeed("up")
    files = {file: (checkout.directory / file).read_text() for file in ("app/settings.py", "sandbox.yaml")}
    checkout.edit("app/settings.py", "Hello World", "Hello nobody")
    yield "Hello World"
    for file, text in files.items():
        (checkout.directory / file).write_text(text)
    checkout.succeed("up")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("${registry.address}/example", f"{NOBODY}/example", "connection refused"),
        ("secret: ${registry.token}", "secret: not-the-token", "unauthorized"),
    ],
    ids=["away", "refuses"],
)
def test_a_registry_that_takes_nothing_fails_up_in_its_own_words(
    checkout: Checkout, serving: str, old: str, new: str, told: str
) -> None:
    checkout.edit("sandbox.yaml", old, new)
    done = checkout.run("up")
    assert done.returncode == 1
    assert told in done.stdout
    assert "its registry did not take it. Check the registry's address" in done.stdout
    assert json.loads(checkout.curl("/", https=True)[1]) == {"message": serving}


def test_a_push_that_is_cut_is_told_and_the_next_one_succeeds(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.succeed("up")
    credentials = Credentials.load_or_create(Home(checkout.home, tmp_path))
    storage, context = Buildah(Home(tmp_path, tmp_path)), tmp_path / "context"
    context.mkdir()
    (context / "noise").write_bytes(os.urandom(4 * CUT))
    (context / "Dockerfile").write_text("FROM scratch\nCOPY noise /\n")
    host, _, port = REGISTRY.partition(":")

    def push(limit: int) -> str:
        with CuttingProxy((host, int(port)), limit) as proxy:
            address = f"localhost:{proxy.port}"
            monkeypatch.setattr(buildah, "_REGISTRIES", f'[[registry]]\nlocation = "{address}"\ninsecure = true\n')
            name = f"{address}/example/cut:1"
            storage.build(name, context, context / "Dockerfile")
            try:
                login = Login(address, credentials.registry_username, credentials.registry_token)
                return storage.push(name, [login])
            finally:
                assert (proxy.cut > 0) == (limit == CUT)

    with pytest.raises(SandboxError, match="its registry did not take it"):
        push(CUT)
    assert push(WHOLE).startswith("sha256:")
