"""Ports that a container listens on, and their names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
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


def _named(ports: Mapping[str, int]) -> Mapping[str, int]:
    for name in ports:
        _name(name)
    return ports


PortName = Annotated[str, AfterValidator(_name)]

Ports = Annotated[Mapping[str, Port], AfterValidator(_named)]
"""Numbers by name."""


def refuse_doubles(ports: Iterable[tuple[str, int]]) -> None:
    """SettingError when a name or a number occurs twice: the containers of a pod share one network."""
    names, numbers = zip(*ports, strict=True)
    if doubles := [str(each) for each, count in Counter((*names, *numbers)).items() if count > 1]:
        raise SettingError(
            f"Two ports of one pod are called {doubles[0]}, so only one of them could be reached."
            if doubles[0] in names
            else f"Two ports of one pod have the number {doubles[0]}, so one of their owners could not start.",
            "Give each port its own name and number.",
        )
