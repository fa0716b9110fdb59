"""Which resources exist, as their providers read them: a refresh in a throw-away backend."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from operations.deployment import resources, with_created
from operations.pulumi_cli import Deployment, PulumiCli, Resource

MANAGER = "pulumi-kubernetes"
FIELD_MANAGER = "__fieldManager"
"""The output in which the Kubernetes provider keeps the name by which it owns an object's fields."""


def read_back(pulumi: PulumiCli, deployment: Deployment, candidates: Sequence[Resource]) -> list[Resource]:
    """Those candidates that exist, with their outputs, secrets in plain text.

    The stack's own state is not touched: a copy of it that holds the candidates is refreshed, and nothing else in it is
    read. Raises OperationError when a provider cannot tell.
    """
    urns = [candidate["urn"] for candidate in candidates]
    project, stack = urns[0].split("::")[1], urns[0].split("::")[0].rpartition(":")[2]
    with TemporaryDirectory(prefix="recover-") as directory:
        checkpoint = Path(directory, ".pulumi", "stacks", project, f"{stack}.json")
        checkpoint.parent.mkdir(parents=True)
        Path(directory, ".pulumi", "meta.yaml").write_text("version: 1\n")
        latest = {"stack": f"organization/{project}/{stack}", "latest": with_created(deployment, candidates)}
        checkpoint.write_text(json.dumps({"version": 3, "checkpoint": latest}))
        environment = {
            "PULUMI_BACKEND_URL": f"file://{directory}",
            # Else the CLI would write the throw-away backend's salt into the stack's own file.
            "PULUMI_OPTION_CONFIG_FILE": str(Path(directory, "stack.yaml")),
        }
        if "PULUMI_CONFIG_PASSPHRASE_FILE" not in os.environ:
            # The throw-away backend demands one; the secrets of the state keep the secrets provider that they have.
            environment["PULUMI_CONFIG_PASSPHRASE"] = os.environ.get("PULUMI_CONFIG_PASSPHRASE", "")
        copy = replace(pulumi, stack=stack, environment=environment)
        targets = [option for urn in urns for option in ("--target", urn)]
        copy.refresh(*targets)
        read = {each["urn"]: each for each in resources(copy.deployment(show_secrets=True)) if not each.get("delete")}
    found = [read[urn] for urn in urns if urn in read and not read[urn].get("pendingReplacement")]
    return [_with_field_manager(each) for each in found]


def is_foreign(resource: Resource) -> bool:
    """Whether it is an object in a cluster that somebody else than Pulumi made."""
    return resource["type"].startswith("kubernetes:") and not _managers(resource)


def _with_field_manager(resource: Resource) -> Resource:
    """A read does not find out under which name the object was created; under another, updates conflict."""
    managers = _managers(resource)
    return {**resource, "outputs": {**resource["outputs"], FIELD_MANAGER: managers[0]}} if managers else resource


def _managers(resource: Resource) -> list[str]:
    metadata = (resource.get("outputs") or {}).get("metadata") or {}
    managers = [each.get("manager", "") for each in metadata.get("managedFields") or ()]
    return [manager for manager in managers if manager.startswith(MANAGER)]
