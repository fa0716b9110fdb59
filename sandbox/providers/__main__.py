"""`python -m sandbox.providers <package> <engine address>` serves one provider as a Pulumi plugin."""

import sys

from sandbox.providers import BUILTIN, version
from sandbox.providers.plugin import serve

if len(sys.argv) < 2 or sys.argv[1] not in BUILTIN:
    sys.exit(f"usage: python -m sandbox.providers {{{','.join(BUILTIN)}}} <engine address>")
serve(BUILTIN[sys.argv[1]](), version(sys.argv[1]), sys.argv[2:])
