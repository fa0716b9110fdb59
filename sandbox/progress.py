"""How a long step tells what it is doing."""

from collections.abc import Callable

Report = Callable[[str], None]
"""Takes one short sentence a step, such as "Starting the registry"."""
