"""`python -m settings` writes docs/stack.schema.json and docs/configuration.md."""

from pathlib import Path

from settings import reference, schema

if __name__ == "__main__":
    Path("docs/stack.schema.json").write_text(schema.text())
    Path("docs/configuration.md").write_text(reference.text())
