"""The plugin that Pulumi starts: `python package ENGINE`."""

import sys

from pulumi.provider import main

from package.schema import plugin

main(plugin(), sys.argv[1:])
