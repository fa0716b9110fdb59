"""The JSON Schema of `python -m sandbox diff --json`, kept in docs/diff.schema.json."""

import json
from pathlib import Path

from sandbox.diff.document import Document

PATH = Path(__file__).resolve().parents[2] / "docs" / "diff.schema.json"


def schema() -> str:
    """The schema as the file holds it."""
    document = Document.model_json_schema(mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **document}, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema())
