"""Signing in to registries."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """A user of a registry, such as `ghcr.io`."""

    server: str
    username: str
    password: str = field(repr=False)


def authfile(logins: Iterable[Login]) -> str:
    """These logins in the format containers-auth.json, which buildah and its relatives read."""
    auths = {
        login.server: {"auth": base64.b64encode(f"{login.username}:{login.password}".encode()).decode()}
        for login in logins
    }
    return json.dumps({"auths": auths})
