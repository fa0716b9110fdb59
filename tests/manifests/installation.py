"""The checkers, built and installed once for each set of their versions."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.cluster.build import MODULE as KUBERNETES
from sandbox.go.build import SETTINGS, go_caches
from sandbox.go.toolchain import Toolchain
from sandbox.home import Home
from tests.manifests import schemas

HERE = Path(__file__).parent
INPUTS = (HERE / "go.mod", HERE / "go.sum", HERE / "requirements.txt", HERE / "schemas.py", KUBERNETES / "go.mod")


@dataclass(frozen=True)
class Installation:
    """A directory of the cache, with the checkers and the schemas of Kubernetes."""

    root: Path

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    def program(self, name: str) -> Path:
        """One of the checkers."""
        return self.root / ("python/bin" if name in ("checkov", "zizmor") else "bin") / name


@cache
def installed() -> Installation:
    """The checkers as they are pinned beside this file. The first time takes a minute, and the network."""
    home = Home.locate()
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in INPUTS)).hexdigest()[:16]
    root = home.cache / "checkers" / digest
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(suffix=".draft", dir=root.parent))
        try:
            _install(home, draft)
            for older in root.parent.iterdir():
                if older != draft:
                    shutil.rmtree(older)
            draft.rename(root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Installation(root)


def _install(home: Home, draft: Path) -> None:
    minimum = re.search(r"^go (\S+)$", (HERE / "go.mod").read_text(), re.MULTILINE)
    assert minimum
    toolchain, caches = Toolchain.choose(home, minimum[1]), draft / "caches"
    toolchain.install(print)
    environment = {**os.environ, **SETTINGS, **go_caches(caches)}
    go = str(toolchain.go)
    _run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", f"{draft}/bin/", "tool"], HERE, environment)
    # Nothing of it is compiled: it holds the description of what its API server takes.
    found = _run([go, "mod", "download", "-json", "k8s.io/kubernetes"], KUBERNETES, environment)
    (draft / "schemas").mkdir()
    schemas.of_kubernetes(Path(json.loads(found)["Dir"], "api", "openapi-spec", "swagger.json"), draft / "schemas")
    shutil.rmtree(caches, ignore_errors=True)
    uv, python = [sys.executable, "-m", "uv"], draft / "python"
    _run([*uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, str(python)], HERE, os.environ)
    pinned = ["--requirement", str(HERE / "requirements.txt")]
    _run([*uv, "pip", "install", "--quiet", "--python", f"{python}/bin/python", *pinned], HERE, os.environ)


def _run(command: list[str], directory: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command)}` failed, so nothing can be checked:\n{done.stderr[-2000:]}")
    return done.stdout
