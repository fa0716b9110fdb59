"""Files in which Pulumi's file backend keeps a stack's state."""

import json
from pathlib import Path

from operations.lock import root


def cut_off_attributes(backend: str, project: str, stack: str) -> Path | None:
    """The file of attributes beside the state, if a kill has left it empty or half written.

    The state itself is written under another name first and is always whole, but the CLI reads neither without the
    other; without attributes it reads the state. (gocloud.dev/blob/fileblob)
    """
    stacks = root(backend) / ".pulumi" / "stacks"
    for place in (stacks / project, stacks):
        path = place / f"{stack}.json.attrs"
        try:
            json.loads(path.read_text())
        except FileNotFoundError:
            continue
        except ValueError:
            return path
    return None
