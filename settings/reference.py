"""The reference of all keys of a stack file, as Markdown, from the models' schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from settings.schema import schema

INTRODUCTION = """\
# Configuration

Keys of `Pulumi.<stack>.yaml`, below `config`. Written by `python -m settings` from the models in `settings/`: change
those. `docs/stack.schema.json` says the same to editors. A dot leads into a mapping, `[]` into a list, `<name>` stands
for names of your own. Every mistake in a stack file is reported, with its remedy, before anything is changed.

| key | type | default | meaning |
|---|---|---|---|
"""

ENCRYPTED = ["secure"]
"""The only keys of a value that Pulumi has encrypted."""

Schema = Mapping[str, Any]


def text() -> str:
    """The reference as the committed file holds it."""
    whole = schema()
    config = whole["properties"]["config"]
    lines: list[str] = []
    for key, value in sorted(config["properties"].items()):
        lines += _lines(whole["$defs"], key, value, key in config["required"])
    return INTRODUCTION + "\n".join(lines) + "\n"


def _lines(definitions: Schema, key: str, value: Schema, required: bool) -> Iterator[str]:
    """The key's own line, then those of the keys inside it."""
    meaning = value.get("description", "")
    kinds = list(_kinds(definitions, value))
    if len(kinds) == 1:
        meaning = meaning or kinds[0].get("description", "")
    default = "required" if required else _default(value, kinds)
    if len(kinds) > 1 and all("properties" in kind for kind in kinds):
        meaning += " Its forms exclude each other: what is required is so in its own form."
    yield _row(f"`{key}`", " or ".join(dict.fromkeys(map(_type, kinds))), default, meaning)
    for kind in kinds:
        inside, suffix = kind, ""
        if kind.get("type") == "array":
            inside, suffix = next(_kinds(definitions, kind["items"])), "[]"
        elif named := kind.get("additionalProperties") or next(iter(kind.get("patternProperties", {}).values()), None):
            inside, suffix = next(_kinds(definitions, named)), ".<name>"
        if inside.get("required") != ENCRYPTED:
            for name, each in inside.get("properties", {}).items():
                yield from _lines(definitions, f"{key}{suffix}.{name}", each, name in inside.get("required", ()))


def _kinds(definitions: Schema, value: Schema) -> Iterator[Schema]:
    """The alternatives of a value, without null, with references followed."""
    if "$ref" in value:
        yield from _kinds(definitions, definitions[value["$ref"].rpartition("/")[2]])
    elif alternatives := value.get("anyOf") or value.get("oneOf"):
        for each in alternatives:
            yield from _kinds(definitions, each)
    elif value.get("type") != "null":
        yield value


def _type(kind: Schema) -> str:
    """In words: its choices, or its type with its limits."""
    if "enum" in kind:
        return ", ".join(f"`{choice}`" for choice in kind["enum"])
    if "const" in kind:
        return f"`{kind['const']}`"
    if kind.get("required") == ENCRYPTED:
        return "encrypted"
    word = {"array": "list", "object": "mapping"}.get(kind["type"], kind["type"])
    least, most = kind.get("minimum"), kind.get("maximum")
    limits = f" {least} to {most}" if least is not None and most is not None else ""
    examples = f", such as `{kind['examples'][0]}`" if kind.get("examples") else ""
    items = f" of {_type(kind['items'])}" if kind["type"] == "array" and "type" in kind["items"] else ""
    return f"{word}{items}{limits}{examples}"


def _default(value: Schema, kinds: list[Schema]) -> str:
    """As YAML would state it; empty where the keys inside say more."""
    default = value.get("default")
    if isinstance(default, dict) and not any(kind.get("required") for kind in kinds):
        return ""
    return "" if default in (None, {}, [], "") else f"`{json.dumps(default)}`"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
