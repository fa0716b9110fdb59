"""The Pulumi CLI that evaluates stacks."""

import sys

from sandbox.home import Home
from sandbox.pulumi.installation import Installation


def prepare() -> Installation:
    """The CLI of this machine; one is built where there is none, which takes minutes and is told on stderr."""
    return Installation.locate(Home.locate()).prepare_cli(lambda message: print(message, file=sys.stderr, flush=True))
