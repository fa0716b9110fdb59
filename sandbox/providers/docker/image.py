"""What a program asks for with `docker.Image`: its defaults, its mistakes, and the build it means."""

import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.provider import CheckFailure

from sandbox.providers.docker.context import digest
from sandbox.providers.values import UNKNOWN
from sandbox.registry.login import Login

Inputs = Mapping[str, Any]
"""Plain inputs of the resource, spelled as in pulumi-docker's schema."""

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

_QUALIFIED = re.compile(
    r"(localhost|[\w-]+(\.[\w-]+)+|[\w-]+(?=:))(:\d+)?"  # A registry's host and port,
    r"(/[a-z0-9]+([._-]+[a-z0-9]+)*)+"  # a repository,
    r"(:\w[\w.-]{0,127})?"  # and a tag.
)


def with_defaults(inputs: Inputs) -> dict[str, Any]:
    """The inputs with what pulumi-docker fills in: context, Dockerfile, platform, the context's digest."""
    given = inputs.get("build") or {}
    build = {"context": UNKNOWN} if given == UNKNOWN else dict(given)
    context = build.setdefault("context", ".")
    build.setdefault("dockerfile", UNKNOWN if context == UNKNOWN else str(Path(context, "Dockerfile")))
    build.setdefault("platform", f"linux/{_ARCHITECTURES.get(platform.machine(), platform.machine())}")
    if Path(context).is_dir() and Path(build["dockerfile"]).is_file():
        build["contextDigest"] = digest(Path(context), Path(build["dockerfile"]))
    return {"buildOnPreview": False, "skipPush": False, **inputs, "build": build}


def mistakes(inputs: Inputs) -> Iterator[CheckFailure]:
    """Everything wrong with inputs that have their defaults; what is not known yet is not judged."""
    name, build, registry = inputs.get("imageName"), inputs["build"], inputs.get("registry") or {}
    if not name:
        yield CheckFailure("imageName", "is missing, so the image cannot be pushed. Set it to host/repository:tag.")
    elif name != UNKNOWN and not inputs["skipPush"] and not _QUALIFIED.fullmatch(name):
        yield CheckFailure(
            "imageName",
            f"is {name!r}, which lacks a registry's host or a lower-case repository, so the image cannot be "
            "pushed. Write it in full, such as ghcr.io/example/app:1.",
        )
    yield from _missing_files(build)
    if bool(registry.get("username")) != bool(registry.get("password")):
        yield CheckFailure(
            "registry",
            "has only one of username and password, so signing in would fail. Set both, or neither to use "
            "this machine's own sign-in.",
        )


def _missing_files(build: Inputs) -> Iterator[CheckFailure]:
    context, dockerfile = build["context"], build["dockerfile"]
    if context != UNKNOWN and not Path(context).is_dir():
        yield CheckFailure(
            "build.context",
            f"is {context!r}, which is no directory in {Path.cwd()}, so there is nothing to build. "
            "Set it to the directory with the application, relative to Pulumi.yaml.",
        )
    elif dockerfile != UNKNOWN and not Path(dockerfile).is_file():
        inside = str(Path(context, dockerfile))
        remedy = f"Set it to {inside!r}" if Path(inside).is_file() else "Write it, or correct the path"
        yield CheckFailure(
            "build.dockerfile",
            f"is {dockerfile!r}, which is no file in {Path.cwd()}, so there is nothing to build. {remedy}: "
            "the path is relative to Pulumi.yaml, not to the context.",
        )


@dataclass(frozen=True)
class Build:
    """One build and, unless `push` is off, one push."""

    name: str
    """`host/repository:tag`."""

    context: Path
    dockerfile: Path
    arguments: Mapping[str, str]
    options: tuple[str, ...]
    """Further flags of `buildah build`."""

    logins: tuple[Login, ...]
    push: bool

    @property
    def repository(self) -> str:
        """The name without its tag."""
        host, _, path = self.name.partition("/")
        return f"{host}/{path.partition(':')[0]}"

    @classmethod
    def of(cls, inputs: Inputs) -> "Build":
        """The build that checked inputs ask for.

        `builderVersion` and `cacheFrom` are about BuildKit: layers are cached here without being asked.
        """
        build, registry = inputs["build"], inputs.get("registry") or {}
        flags = ("platform", "target", "network")
        options = [f"--{flag}={build[flag]}" for flag in flags if build.get(flag) not in (None, "default")]
        name = inputs["imageName"]
        login = Login(name.partition("/")[0], registry.get("username", ""), registry.get("password", ""))
        return cls(
            name=name,
            context=Path(build["context"]),
            dockerfile=Path(build["dockerfile"]),
            arguments=build.get("args") or {},
            options=(*options, *(f"--add-host={host}" for host in build.get("addHosts") or ())),
            logins=(login,) if login.password else (),
            push=not inputs["skipPush"],
        )
