"""What stops an operation."""


class OperationError(Exception):
    """Something that a person can act on: the message names it, its consequence and the remedy."""
