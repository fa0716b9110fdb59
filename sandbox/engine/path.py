"""Property paths, such as `spec.containers[0].image` or `metadata.labels["app.kubernetes.io/name"]`."""

import re
from typing import Any

from sandbox.engine.property import Properties, Value, is_secret, secret

Path = tuple[str | int, ...]
"""Keys of objects and indexes of lists, from the outside in."""

ANY = "*"
"""As a key in a pattern: every key of an object, every item of a list."""

_PART = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]')
_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")


def parse(text: str) -> Path:
    """The path that a text spells. Raises ValueError for one that is not a path."""
    path: list[str | int] = []
    end = 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            raise ValueError(f"{text!r} is no property path (at character {end + 1})")
        name, index, quoted, star = part.groups()
        path.append(int(index) if index else name or star or re.sub(r"\\(.)", r"\1", quoted))
        end = part.end()
    return tuple(path)


def text(path: Path) -> str:
    """The path as a person writes it."""
    spelled = ""
    for key in path:
        if isinstance(key, int):
            spelled += f"[{key}]"
        elif _PLAIN.fullmatch(key):
            spelled += f".{key}" if spelled else key
        else:
            escaped = key.replace("\\", "\\\\").replace('"', '\\"')
            spelled += f'["{escaped}"]'
    return spelled


def covers(pattern: Path, path: Path) -> bool:
    """Whether `path` lies at or below what `pattern` names."""
    return len(pattern) <= len(path) and all(mine in (ANY, other) for mine, other in zip(pattern, path, strict=False))


def find(value: Value, path: Path) -> Value:
    """The value at `path`, or None where there is none. A secret around it stays around it."""
    for place, key in enumerate(path):
        if is_secret(value):
            found = find(value["value"], path[place:])
            return None if found is None else {**value, "value": found}
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def keep(new: Properties, old: Properties, pattern: Path) -> Properties:
    """`new` with what `pattern` names as it is in `old`: changed back, put back or taken away."""
    return _kept(new, old, pattern)


def _kept(new: Any, old: Any, pattern: Path, hidden: bool = False) -> Any:
    """`hidden`: what comes from `old` was secret there, and is not where it goes."""
    if not pattern:
        return secret(old) if hidden else old
    if is_secret(new):
        return {**new, "value": _kept(new["value"], old["value"] if is_secret(old) else old, pattern)}
    if is_secret(old):
        return _kept(new, old["value"], pattern, hidden=True)
    key, rest = pattern[0], pattern[1:]
    if isinstance(new, dict) and isinstance(old, dict):
        kept = dict(new)
        for name in sorted({*new, *old}) if key == ANY else [key]:
            if not rest and name not in old:
                kept.pop(name, None)
            elif name in old and (name in new or not rest):
                kept[name] = _kept(new.get(name), old[name], rest, hidden)
        return kept
    if isinstance(new, list) and isinstance(old, list):
        both = range(min(len(new), len(old)))
        chosen = both if key == ANY else [key] if isinstance(key, int) and key in both else []
        kept = list(new)
        for index in chosen:
            kept[index] = _kept(new[index], old[index], rest, hidden)
        return kept
    return new
