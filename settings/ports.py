"""Ports that a container listens on, and their names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.mistake import SettingError

PRIVILEGED = 1024
"""Ports below it belong to root, unless the pod's network says otherwise."""

Port = Annotated[int, Field(ge=1, le=65535)]


def _name(name: str) -> str:
    """IANA's service names, RFC 6335 section 5.1, which Kubernetes follows."""
    if not re.fullmatch(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 15:
        raise SettingError(
            f"{name}: Kubernetes refuses such a name of a port.",
            "Write at most 15 lower-case letters, digits and inner hyphens, such as grpc or http-server.",
        )
    return name


PortName = Annotated[str, AfterValidator(_name)]

Ports = Mapping[PortName, Port]
"""Numbers by name."""


def repeated_ports(ports: Iterable[tuple[str, int]]) -> Iterator[SettingError]:
    """A mistake for each name or number that occurs twice: the containers of a pod share one network."""
    names, numbers = zip(*ports, strict=True)
    for name in _repeated(names):
        yield SettingError(
            f"Two ports of one pod are called {name}, so only one of them could be reached.",
            "Give each port its own name and number.",
            "ports",
        )
    for number in _repeated(numbers):
        yield SettingError(
            f"Two ports of one pod have the number {number}, so one of their owners could not start.",
            "Give each port its own name and number.",
            "ports",
        )


def _repeated(values: Iterable[str | int]) -> list[str | int]:
    return [value for value, count in Counter(values).items() if count > 1]
