"""What a command line of the CLI is about: its command, its project and its stack."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

OPTIONS = {"-C": "cwd", "--cwd": "cwd", "-s": "stack", "--stack": "stack", "--config-file": "config-file"}
"""Options that say which project and stack is meant."""

NAMES_STACK = (("stack", "init"), ("stack", "select"), ("stack", "rm"))
"""Commands whose next argument is a stack."""

VALUED = (
    *("--file", "--secrets-provider", "--copy-config-from", "--color", "--save-plan", "--plan", "--target"),
    *("--dependency-edge-color", "--parent-edge-color"),
)
"""Options whose value must not be taken for a command or a stack."""


@dataclass
class Invocation:
    """A command line, taken apart as far as the sandbox has to know."""

    rest: list[str] = field(default_factory=list[str])
    """The arguments without those in OPTIONS."""
    words: list[str] = field(default_factory=list[str])
    """The arguments that are no options, such as `stack`, `init`, `dev`."""
    given: dict[str, str] = field(default_factory=dict[str, str])
    """Values of OPTIONS."""

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> "Invocation":
        parsed = cls()
        waiting = iter(arguments)
        for argument in waiting:
            name, equals, value = argument.partition("=")
            if name not in OPTIONS and argument[:2] in ("-C", "-s") and not argument.startswith("--"):
                # `-sdev`, as the CLI takes it
                name, equals, value = argument[:2], "=", argument[2:]
            if name in OPTIONS:
                parsed.given[OPTIONS[name]] = value if equals else next(waiting, "")
                continue
            parsed.rest.append(argument)
            if argument in VALUED:
                parsed.rest.append(next(waiting, ""))
            elif not argument.startswith("-"):
                parsed.words.append(argument)
        return parsed

    @property
    def command(self) -> str:
        """The first word, such as `up`; empty when there is none."""
        return self.words[0] if self.words else ""

    @property
    def directory(self) -> Path:
        """The directory that the CLI is run in."""
        return Path(self.given.get("cwd", ".")).resolve()

    @property
    def project(self) -> Path | None:
        """The directory of the project: the CLI looks for it upwards."""
        places = [self.directory, *self.directory.parents]
        return next((each for each in places if (each / "Pulumi.yaml").exists()), None)

    @property
    def stack(self) -> str | None:
        """The stack that it names, by an argument or by --stack, without its owner; None when it names none."""
        named = self.words[2] if tuple(self.words[:2]) in NAMES_STACK and len(self.words) > 2 else None
        name = named or self.given.get("stack")
        return name.rpartition("/")[2] if name else None
