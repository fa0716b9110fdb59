"""`python -m sandbox.pulumi ARGUMENTS`: the CLI on the sandbox; `pulumi` in the sandbox's shell."""

import os
import sys

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.pulumi.command import Command

try:
    command = Command.prepare(Home.locate(), sys.argv[1:])
except SandboxError as error:
    sys.exit(f"error: {error}")
os.execve(command.arguments[0], command.arguments, command.environment)
