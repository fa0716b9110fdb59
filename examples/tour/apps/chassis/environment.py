"""What a service is told by its environment."""

import os


def required(variable: str) -> str:
    """The value of an environment variable; without it the process ends at once, saying which one it lacks."""
    if not (value := os.environ.get(variable)):
        raise SystemExit(f"{variable} is not set, so this service cannot work. Set it in its Deployment.")
    return value
