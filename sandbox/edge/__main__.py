"""`python -m sandbox.edge`: the controller process; says what it does on standard output."""

import logging
import os
import sys

from sandbox.edge.controller import run
from sandbox.home import Home

if __name__ == "__main__":
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    home = Home.locate()
    # HAProxy starts in no directory that is gone, and whoever started the sandbox may remove theirs.
    os.chdir(home.root)
    run(home)
