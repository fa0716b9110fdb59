"""A build context: the files that `.dockerignore` lets in, and a digest of them."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_WILDCARD = re.compile(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])")


@dataclass(frozen=True)
class Rule:
    """One line of a `.dockerignore`: the paths it matches, and whether it leaves them out or lets them in."""

    pattern: re.Pattern[str]
    excludes: bool

    @classmethod
    def parse(cls, line: str) -> "Rule":
        """A line without surrounding blanks, such as `**/*.pyc` or `!main.py`."""
        path = os.path.normpath(line.removeprefix("!").strip()).lstrip("/")
        parts = [
            _WILDCARDS.get(part, part if _WILDCARD.fullmatch(part) else re.escape(part))
            for part in _WILDCARD.split(path)
        ]
        # What is said of a directory is said of everything in it.
        return cls(re.compile("".join(parts) + "(?:/.*)?"), excludes=not line.startswith("!"))


@dataclass(frozen=True)
class Ignore:
    """A `.dockerignore`: the last rule that matches a path decides."""

    rules: tuple[Rule, ...]

    @classmethod
    def read(cls, context: Path, dockerfile: Path) -> "Ignore":
        """`<Dockerfile>.dockerignore` when there is one, else the context's, else none."""
        for path in (dockerfile.with_name(f"{dockerfile.name}.dockerignore"), context / ".dockerignore"):
            if path.is_file():
                lines = [line.strip() for line in path.read_text().splitlines()]
                return cls(tuple(Rule.parse(line) for line in lines if line and not line.startswith("#")))
        return cls(())

    def excludes(self, path: str) -> bool:
        """Whether `path`, relative to the context, stays out of it."""
        return next((rule.excludes for rule in reversed(self.rules) if rule.pattern.fullmatch(path)), False)

    def prunes(self, path: str) -> bool:
        """Whether nothing below the directory `path` can be let in again."""
        return self.excludes(path) and all(rule.excludes for rule in self.rules)


def files(context: Path, ignore: Ignore) -> Iterator[str]:
    """Paths, relative to the context, of the files and symbolic links in it, in a stable order."""
    for folder, folders, names in os.walk(context):
        below = Path(folder).relative_to(context)
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = sorted(
            name for name in folders if name not in links and not ignore.prunes((below / name).as_posix())
        )
        for name in sorted([*names, *links]):
            path = (below / name).as_posix()
            if not ignore.excludes(path):
                yield path


def digest(context: Path, dockerfile: Path) -> str:
    """A hexadecimal SHA-256 of the Dockerfile and of each file's path, content and executable bit."""
    total = hashlib.sha256(dockerfile.read_bytes())
    for path in files(context, Ignore.read(context, dockerfile)):
        file = context / path
        content = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
        executable = not file.is_symlink() and os.access(file, os.X_OK)
        total.update(f"\0{path}\0{executable:d}\0".encode())
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()
