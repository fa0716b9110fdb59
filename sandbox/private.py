"""Files for nobody else."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Whole and mode 0600 from its first byte, so that no reader sees half of it."""
    draft = path.with_name(f"{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
