"""The programs in examples/, recorded with a canary for every secret that they declare."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.unit.recording import CLOUD, REPOSITORY, Recording, record_program

ANSWERING = {"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.30"}]}}}

BALANCED: Mapping[str, Mapping[str, Any]] = {
    **CLOUD,
    "kubernetes:core/v1:Service": ANSWERING,
    "kubernetes:networking.k8s.io/v1:Ingress": ANSWERING,
}
"""Every load balancer has an address."""

SYSTEMS = sorted(path.parent.name for path in REPOSITORY.glob("examples/*/Pulumi.yaml"))


def directory(system: str) -> Path:
    return REPOSITORY / "examples" / system


def canaries(system: str) -> dict[str, str]:
    """A text for each secret of the project file, by full key."""
    project = yaml.safe_load((directory(system) / "Pulumi.yaml").read_text())
    secret = [key for key, declared in project["config"].items() if declared.get("secret")]
    return {f"{project['name']}:{key}": f"canary of {key}, long enough to sign with" for key in secret}


def recorded(system: str, **config: Any) -> Recording:
    """The dev stack with other values of keys, which are those of the project's own namespace."""
    changes = {f"{system}:{key}": value for key, value in config.items()}
    return record_program(directory(system), "dev", changes, canaries(system), cloud=BALANCED)


deployed = cache(recorded)
"""The dev stack as it is."""
