"""The state that an earlier release of the sandbox left is taken over, once."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.summary import unchanged

pytestmark = pytest.mark.e2e


@pytest.fixture
def former(checkout: Checkout) -> Iterator[Path]:
    """Where the state was kept; the stack is up."""
    checkout.succeed("up")
    path = checkout.home / "state" / "gke-webapp" / "dev.json"
    path.parent.mkdir(parents=True)
    yield path
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()


def test_a_state_that_the_cli_does_not_know_is_taken_over(checkout: Checkout, former: Path) -> None:
    checkout.shell_output(f"pulumi stack export --file {former}; pulumi stack rm --yes --force dev")
    content = former.read_bytes()
    assert unchanged(checkout.succeed("up"))
    assert not former.exists()
    assert former.with_suffix(".imported").read_bytes() == content
    assert unchanged(checkout.succeed("up"))


def test_an_older_state_is_kept_aside(checkout: Checkout, former: Path) -> None:
    former.write_text(json.dumps({"version": 3, "deployment": {}}))
    os.utime(former, (0, 0))
    assert unchanged(checkout.succeed("up"))
    assert not former.exists()
    assert former.with_suffix(".older").exists()


def test_a_state_that_is_not_whole_is_refused_with_what_to_do(checkout: Checkout, former: Path) -> None:
    former.write_text(json.dumps({"version": 3, "deployment": {}}))
    former.with_suffix(".journal").write_text("")
    refused = checkout.run("preview")
    assert refused.returncode == 1
    assert f"{former.with_suffix('.journal')} says that an earlier release" in refused.stdout
    assert former.exists()
