"""The documentation as data: pages, their fenced blocks, and what is typed in them.

The first word after the fence is the language, the others say what the block is:

- `console`: commands that one machine can run; `console fails`: they end with an error; `console cloud`: they need one.
- `text` after a console block: lines of its output; `...` stands for anything.
- `yaml Pulumi.dev.yaml`: keys in place of those that the stack file has; `python __main__.py`: lines for that file.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

REPOSITORY = Path(__file__).parents[2]

OWN = (
    REPOSITORY / "README.md",
    REPOSITORY / "docs" / "README.md",
    REPOSITORY / "docs" / "tutorial.md",
    REPOSITORY / "docs" / "pitfalls.md",
    *sorted(REPOSITORY.glob("docs/how-to/*.md")),
)
"""Pages that keep the cloud apart: the others are generated, or belong to a room."""

_FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `about` is what follows the language."""

    page: Path
    line: int
    language: str
    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"

    @property
    def commands(self) -> list[list[str]]:
        """Each simple command as its words, without what is redirected; those of a substitution stay in one word."""
        found: list[list[str]] = []
        for line in self.text.replace("\\\n", " ").splitlines():
            words = shlex.shlex(re.sub(r"<\(.*?\)", "SUBSTITUTED", line), posix=True, punctuation_chars=True)
            words.whitespace_split = True
            command: list[str] = []
            for word in words:
                if set(word) <= set("|&;"):
                    found.append(command)
                    command = []
                else:
                    command.append(word)
            found.append(command)
        return [_without_variables(command) for command in found if command]


def _without_variables(command: list[str]) -> list[str]:
    """A command without `NAME=value` before it and `> file` after it."""
    while re.match(r"[A-Z_0-9]+=", command[0]):
        command = command[1:]
    return command[: command.index(">")] if ">" in command else command


def files() -> list[str]:
    """All of the repository's files, also those that are not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in sorted(set(listed)) if (REPOSITORY / name).exists()]


def every_page() -> list[Path]:
    """All of the repository's Markdown."""
    return [REPOSITORY / name for name in files() if name.endswith(".md")]


def blocks(page: Path) -> Iterator[Block]:
    """The page's fenced blocks, in order."""
    text = page.read_text()
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[2], found[3].strip(), dedent(found[4]))


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """What a link can lead to in the page, as GitHub names headings."""
    titles = (re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", found[2]) for found in _HEADING.finditer(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Path and anchor of each link into the repository."""
    for target in re.findall(r"\]\(<?([^)\s>]+)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor
