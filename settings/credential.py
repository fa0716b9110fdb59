"""A way into an image registry."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Credential:
    """`registry` is the host as images name it; `token` is a secret output, never read in plain."""

    registry: str
    username: str
    token: pulumi.Output[str]
