"""Shell scripts that stand for a program on PATH."""

from pathlib import Path


def install(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
