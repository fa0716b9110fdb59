"""JSON Web Tokens: issued by auth, understood by all."""

import time
from typing import Annotated, Literal

import jwt
from fastapi import Depends, Header, HTTPException

from chassis.environment import required

Kind = Literal["access", "refresh"]

LIFETIME: dict[Kind, int] = {"access": 15 * 60, "refresh": 7 * 24 * 3600}
"""Seconds."""


def issue(user: str, kind: Kind) -> str:
    """A token that says who this is."""
    return jwt.encode({"sub": user, "exp": int(time.time()) + LIFETIME[kind]}, _secret(kind), "HS256")


def subject(token: str, kind: Kind) -> str | None:
    """Whose token it is; None when it was not issued here as that kind, or its time is over."""
    try:
        return jwt.decode(token, _secret(kind), ["HS256"], options={"require": ["sub", "exp"]})["sub"]
    except jwt.InvalidTokenError:
        return None


def _secret(kind: Kind) -> str:
    return required(f"JWT_{kind.upper()}_SECRET")


def _visitor(authorization: Annotated[str, Header()] = "") -> str | None:
    scheme, _, token = authorization.partition(" ")
    return subject(token, "access") if scheme.lower() == "bearer" else None


Visitor = Annotated[str | None, Depends(_visitor)]
"""The id of the user who asks; None for a stranger."""


def _user(visitor: Visitor) -> str:
    if visitor is None:
        raise HTTPException(401, "Log in first: this needs `Authorization: Bearer <access token>`.")
    return visitor


User = Annotated[str, Depends(_user)]
"""The id of the user who asks; a stranger is refused."""
