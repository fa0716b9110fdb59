"""What the documentation says of the diff is so."""

import re
import subprocess
from pathlib import Path

from sandbox.diff.risk import CONSEQUENCES

DOCS = Path(__file__).parents[3] / "docs"


def test_every_class_that_blocks_is_documented_and_no_other() -> None:
    table = (DOCS / "diff.md").read_text().split("| Class |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(CONSEQUENCES)


def test_the_recorded_change_still_applies() -> None:
    patch = DOCS / "examples" / "change.patch"
    done = subprocess.run(["git", "apply", "--check", patch], cwd=DOCS.parent, capture_output=True, text=True)
    assert done.returncode == 0, f"Record docs/examples anew. {done.stderr}"
