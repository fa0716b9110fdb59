"""`python -m settings` writes docs/stack.schema.json."""

from pathlib import Path

from settings.schema import text

if __name__ == "__main__":
    Path("docs/stack.schema.json").write_text(text())
