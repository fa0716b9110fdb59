"""What a container build reads, as one digest: the same content has the same digest on every machine."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from pulumi import RunError

LENGTH = 16
"""Hexadecimal digits; as an image tag it stays readable."""

PRIVATE = (
    *(".git", ".env", ".env.*", ".netrc", ".npmrc", ".pypirc", ".docker", ".dockercfg", ".kube", ".ssh", ".aws"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "id_rsa*", "id_ecdsa*", "id_ed25519*", "*kubeconfig*"),
    *("credentials", "credentials.*", "*service-account*.json", "*service_account*.json", "secrets", "secrets.*"),
    *("Pulumi.*.yaml", "*.tfstate", "*.tfvars"),
)
"""Names of files and directories that hold a repository's history or its owner's secrets."""


class _Rule(NamedTuple):
    """One line of a .dockerignore."""

    pattern: re.Pattern[str]
    excludes: bool


def digest(
    context: Path, arguments: Mapping[str, str], dockerfile: str = "Dockerfile", target: str | None = None
) -> str:
    """Digest of the Dockerfile, the files that .dockerignore lets through, the build arguments and the stage.

    FileNotFoundError when `context` holds no such Dockerfile; `pulumi.RunError`, which is printed without a traceback,
    when .dockerignore is not strict or lets a secret through.
    """
    ignore = _ignore(context, context / dockerfile)
    _refuse_leaks(context, ignore)
    sha = hashlib.sha256()
    for part in (*_parts(context, arguments, dockerfile, ignore), *([target.encode()] if target else [])):
        # The length goes first, so that moving a byte from one part to the next changes the digest.
        sha.update(len(part).to_bytes(8, "big") + part)
    return sha.hexdigest()[:LENGTH]


def extended(digest: str, arguments: Mapping[str, str]) -> str:
    """A digest with build arguments that were not known when it was made, such as the image to start from."""
    parts = [digest, *("=".join(argument) for argument in sorted(arguments.items()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:LENGTH]


def files(context: Path, ignore: Path | None = None) -> Iterator[Path]:
    """The files below `context` that a build gets to see, in a fixed order; `ignore` is another .dockerignore."""
    ignore = ignore or context / ".dockerignore"
    rules = list(_rules(ignore.read_text())) if ignore.exists() else []
    for path in sorted(context.rglob("*")):
        if (path.is_symlink() or path.is_file()) and not _excluded(path.relative_to(context), rules):
            yield path


def _ignore(context: Path, dockerfile: Path) -> Path:
    """A Dockerfile's own goes before the context's, as in Docker's documentation, "Filename and location"."""
    own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    return own if own.exists() else context / ".dockerignore"


def _refuse_leaks(context: Path, ignore: Path) -> None:
    stated = _lines(ignore.read_text()) if ignore.exists() else []
    if stated[:1] not in (["*"], ["**"]):
        raise RunError(
            f"{ignore} does not begin by excluding everything, so whatever comes to lie in {context} would be sent to "
            "the build. Let its first line be *, and name what the image needs below it, such as !*.py."
        )
    for path in files(context, ignore):
        names = path.relative_to(context).parts
        if found := [pattern for pattern in PRIVATE if any(fnmatch(name, pattern) for name in names)]:
            raise RunError(
                f"{path} would be sent to the build, and its name ({found[0]}) is one of those that hold secrets or "
                f"history: whoever can pull the image could read it. Exclude it in {ignore}, or rename it."
            )


def _parts(context: Path, arguments: Mapping[str, str], dockerfile: str, ignore: Path) -> Iterator[bytes]:
    for argument in sorted(arguments.items()):
        yield "=".join(argument).encode()
    yield (context / dockerfile).read_bytes()
    for path in files(context, ignore):
        link, executable = path.is_symlink(), bool(path.lstat().st_mode & 0o100)
        yield f"{path.relative_to(context).as_posix()} {link=} {executable=}".encode()
        yield str(path.readlink()).encode() if link else path.read_bytes()


def _excluded(path: Path, rules: list[_Rule]) -> bool:
    """The last rule that matches the path, or a directory between it and the context, decides."""
    names = [each.as_posix() for each in (path, *path.parents) if each.name]
    excluded = False
    for rule in rules:
        if any(rule.pattern.fullmatch(name) for name in names):
            excluded = rule.excludes
    return excluded


def _rules(text: str) -> Iterator[_Rule]:
    """Docker's syntax: https://docs.docker.com/build/concepts/context/#dockerignore-files."""
    for stated in _lines(text):
        glob = stated.removeprefix("!").strip().strip("/").removeprefix("./")
        yield _Rule(re.compile(_expression(glob)), excludes=not stated.startswith("!"))


def _lines(text: str) -> list[str]:
    """The lines that are rules."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _expression(glob: str) -> str:
    """A glob as a regular expression: `**` spans directories, `*` and `?` do not."""
    tokens = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]*\])", glob)
    return "".join(tokens.get(part) or (part if part.startswith("[") else re.escape(part)) for part in parts)
