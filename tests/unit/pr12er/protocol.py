"""The Python of reviews.proto, made as the image's build makes it."""

import atexit
import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from grpc_health.v1 import health_pb2_grpc

APPS = Path(__file__).parents[3] / "examples" / "pr12er" / "apps"

GENERATED = Path(mkdtemp(prefix="protocol-"))
"""Where Python finds it."""

atexit.register(shutil.rmtree, GENERATED, ignore_errors=True)
subprocess.run(
    [
        *(sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={APPS / 'server'}"),
        *(f"--python_out={GENERATED}", f"--grpc_python_out={GENERATED}", "reviews.proto"),
    ],
    check=True,
)
sys.path.append(str(GENERATED))

# No tool knows the types of what is made while the tests run.
reviews: Any = importlib.import_module("reviews_pb2")
rpcs: Any = importlib.import_module("reviews_pb2_grpc")
HealthStub: Any = health_pb2_grpc.HealthStub
