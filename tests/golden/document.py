"""Golden files: YAML that people read and review, and that is only ever written by a command."""

import difflib
from pathlib import Path
from typing import Any

import yaml

from tests.unit.recording import REPOSITORY

COMMAND = "make golden"


LINE = 80
"""Characters: what is longer stands in a block, one item a line, so that a diff shows the item."""


class _Dumper(yaml.SafeDumper):
    """Neither anchors nor aliases; what is short stands in one line; text of several lines stands as it is."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        return super().represent_sequence(tag, sequence, _fits(sequence) if flow_style is None else flow_style)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return super().represent_mapping(tag, mapping, _fits(mapping) if flow_style is None else flow_style)


def _fits(value: Any) -> bool:
    return len(str(value)) <= LINE


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, "|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def text(content: Any, about: str) -> str:
    """The file with this content; `about` says in its first line what it holds."""
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)
    return f"# {about} Written by `{COMMAND}`.\n{body}"


def compare(path: Path, expected: str, *, update: bool) -> None:
    """Fails with a unified diff when the file holds anything else, or writes it when `update`."""
    if update:
        path.write_text(expected)
        return
    name = path.relative_to(REPOSITORY)
    committed = path.read_text() if path.exists() else ""
    changes = difflib.unified_diff(committed.splitlines(), expected.splitlines(), f"{name}", "the program", lineterm="")
    if lines := list(changes):
        listing = "\n".join(lines)
        raise AssertionError(f"The graph has changed. If that is meant, run `{COMMAND}` and commit.\n{listing}")
