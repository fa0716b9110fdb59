"""YAML as Pulumi's CLI reads it (gopkg.in/yaml.v3), which takes less for numbers and booleans than PyYAML does."""

import re
from pathlib import Path
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"

_SCALARS = (
    ("bool", "tTfF", r"true|True|TRUE|false|False|FALSE"),
    ("int", "-+0123456789", r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)"),
    ("float", "-+.0123456789", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?"),
)
"""Type, first characters and form of what is not text."""


class _Loader(yaml.SafeLoader):
    """`yes`, `off`, 12:30 and dates are text, and a repeated key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} is repeated", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag in (f"{_TAG}null", f"{_TAG}merge")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _type, _letters, _form in _SCALARS:
    _Loader.add_implicit_resolver(f"{_TAG}{_type}", re.compile(rf"(?:{_form})\Z"), list(_letters))


def load(path: Path) -> Any:
    """The content of a file. Raises yaml.YAMLError, which names the file and the line and quotes nothing of it."""
    with path.open("rb") as stream:
        return yaml.load(stream, _Loader)
