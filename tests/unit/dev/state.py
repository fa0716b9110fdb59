"""Resources as a state file holds them: as much of each as the dev loop reads."""

from pathlib import Path
from typing import Any

from sandbox.providers.docker.context import digest


def image(name: str, project: Path, context: str, dockerfile: str, *needs: str) -> dict[str, Any]:
    """An image that was built from what lies in the context now."""
    build = {
        "context": context,
        "dockerfile": dockerfile,
        "contextDigest": digest(project / context, project / dockerfile),
    }
    return _resource("docker:index/image:Image", name, needs, inputs={"build": build})


def workload(kind: str, name: str, *needs: str) -> dict[str, Any]:
    """A Deployment or StatefulSet in the namespace `shop`."""
    outputs = {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": name, "tier": "web"}}},
    }
    return _resource(f"kubernetes:apps/v1:{kind}", name, needs, outputs=outputs)


def service(name: str, *needs: str) -> dict[str, Any]:
    """A Service."""
    return _resource("kubernetes:core/v1:Service", name, needs)


def urn(kind: str, name: str) -> str:
    """As in the stack `dev` of a project."""
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def _resource(kind: str, name: str, needs: tuple[str, ...], **content: Any) -> dict[str, Any]:
    return {"urn": urn(kind, name), "type": kind, "dependencies": list(needs), **content}
