"""The one error that the sandbox shows to a person."""


class SandboxError(Exception):
    """Something the user can act on: the message says what is wrong, the consequence and the remedy."""
