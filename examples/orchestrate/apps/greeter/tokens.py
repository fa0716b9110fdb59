"""What tells one service who has signed in at another."""

from datetime import UTC, datetime, timedelta

import jwt

ALGORITHM = "HS256"

LIFETIME = timedelta(hours=1)

LEAST = 32
"""Bytes of the secret: RFC 7518, section 3.2, for HS256."""


class Tokens:
    """JSON Web Tokens, signed and verified with one secret."""

    def __init__(self, secret: str) -> None:
        if len(secret.encode()) < LEAST:
            raise SystemExit(f"JWT_SECRET has fewer than {LEAST} bytes, so tokens could be forged. Take a longer one.")
        self._secret = secret

    def issue(self, user: str) -> str:
        now = datetime.now(UTC)
        return jwt.encode({"sub": user, "iat": now, "exp": now + LIFETIME}, self._secret, ALGORITHM)

    def user(self, token: str) -> str | None:
        """Who has signed in; None for a token that is not ours, or over."""
        try:
            claims = jwt.decode(token, self._secret, [ALGORITHM], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"])
