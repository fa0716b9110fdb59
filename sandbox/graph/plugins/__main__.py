"""`python -m sandbox.graph.plugins SOCKET` serves the stand-ins."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from sandbox.graph.plugins.server import serve

with suppress(KeyboardInterrupt):
    asyncio.run(serve(Path(sys.argv[1])))
