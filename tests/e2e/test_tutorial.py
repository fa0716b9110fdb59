"""The tutorial's first half, typed as it stands there, block by block."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.home import VARIABLE
from tests.e2e.conftest import Checkout
from tests.unit.pages import REPOSITORY, Block, blocks, files

pytestmark = pytest.mark.e2e

PAGE = REPOSITORY / "docs" / "tutorial.md"
STACK = "tutorial"
"""Its own: the dev stack, of which the page speaks, may be somebody else's."""


@dataclass
class Reader:
    """Somebody who types what the page says, in a checkout of their own."""

    directory: Path
    checkout: Checkout
    address: str = "127.45.0.1"

    def own(self, text: str) -> str:
        """What the page says, with the names and the address of the reader's stack."""
        text = text.replace("gke-webapp-dev", f"gke-webapp-{STACK}").replace("Pulumi.dev.yaml", f"Pulumi.{STACK}.yaml")
        text = text.replace("sandbox env)", f"sandbox env --stack {STACK})")
        return text.replace("127.45.0.1", self.address)

    def run(self, block: Block) -> str:
        """Output of a block that ends as the page says."""
        shell = 'eval "$(.venv/bin/python -m sandbox env)"\n' if block.about == "sandbox" else ""
        script = f'make() {{ command make --old-file=.venv/.installed "$@"; }}\n{self.own(shell + block.text)}'
        environment = {
            **os.environ,
            VARIABLE: str(self.checkout.home),
            "STACK": STACK,
            "PATH": f"{self.directory}/.venv/bin:{os.environ['PATH']}",
        }
        while True:
            done = subprocess.run(
                ["bash", "-euc", script],
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=1200,
                check=False,
            )
            if not (VARIABLE in os.environ and "is changing this sandbox, so" in done.stdout):
                break
            time.sleep(5)
        assert (done.returncode != 0) == (block.about == "fails"), f"{block}: {done.stdout}"
        if answering := re.search(r" answers on (\S+):$", done.stdout, re.MULTILINE):
            self.address = answering[1]
        return done.stdout


@pytest.fixture
def reader(checkout: Checkout, tmp_path: Path) -> Iterator[Reader]:
    """In the sandbox of the other tests, with what is installed here; the stack is gone at the end."""
    for name in files():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, tmp_path / name)
    (tmp_path / "Pulumi.dev.yaml").rename(tmp_path / f"Pulumi.{STACK}.yaml")
    (tmp_path / ".venv").symlink_to(REPOSITORY / ".venv")
    (tmp_path / ".sandbox").symlink_to(checkout.home)
    one = Reader(tmp_path, checkout)
    yield one
    one.run(Block(PAGE, 0, "console", "", "make destroy"))


def test_every_block_does_what_the_tutorial_says(reader: Reader) -> None:
    typed = [each for each in blocks(PAGE) if each.language in ("console", "text") and each.about != "cloud"]
    there = PAGE.read_text().split("## On Google Cloud")[0].count("\n")
    output = ""
    for block in typed:
        if block.line > there:
            break
        if block.language == "console":
            shared = VARIABLE in os.environ and "make stop" in block.text
            output = "" if shared else reader.run(block)
            continue
        for line in filter(None, reader.own(block.text).splitlines()):
            pattern = ".*".join(map(re.escape, line.strip().split("...")))
            assert re.search(pattern, output), f"{block}: {line!r} is not in {output}"
