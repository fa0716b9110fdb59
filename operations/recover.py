"""After a run that was killed: its lock goes, and the state holds what it created."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.deployment import CREATING, holds, pending_operations, provider_inputs, with_created
from operations.error import OperationError
from operations.import_id import NoImportIdError, import_id
from operations.pulumi_cli import Deployment, PulumiCli, Resource
from operations.trial import is_foreign, read_back

ABSENT = ""
"""Given as an id: it does not exist."""


@dataclass(frozen=True)
class Outcome:
    """What became of an operation that was under way, and the resource that the state gains by it."""

    operation: str
    urn: str
    found: str
    created: Resource | None = None

    def __str__(self) -> str:
        kind, name = self.urn.split("::")[2].rpartition("$")[2], self.urn.split("::")[3]
        return f"{self.operation} {kind} {name}: {self.found}"


def outcomes(pulumi: PulumiCli, deployment: Deployment, ids: Mapping[str, str]) -> list[Outcome]:
    """Of every pending operation. Reads only.

    `ids` are the import ids, or ABSENT, of resources whose id cannot be concluded, by URN. Raises OperationError naming
    those that are missing, or when a provider cannot tell whether something exists.
    """
    pending = pending_operations(deployment)
    # Of several runs that were killed at the same resource, the last one comes first in the state.
    creating = [resource for operation, resource in reversed(pending) if operation == CREATING]
    named = list({_key(each): each for each in _with_ids(deployment, creating, ids)}.values())
    read = _read(pulumi, deployment, [resource for resource in named if resource.get("id")])
    settled = [_created(resource, read.get(_key(resource)), deployment) for resource in named]
    others = [
        Outcome(operation, resource["urn"], "the refresh finds out how far it got")
        for operation, resource in pending
        if operation != CREATING
    ]
    return settled + others


def settle(pulumi: PulumiCli, deployment: Deployment, found: list[Outcome]) -> str:
    """Write the state without pending operations and refresh it. Returns what the refresh printed.

    `pulumi refresh --import-pending-creates` is not used: it drops the resources that it is to import.
    """
    pulumi.replace_deployment(with_created(deployment, [each.created for each in found if each.created]))
    said = pulumi.refresh()
    if left := pending_operations(pulumi.deployment()):
        raise OperationError(f"{len(left)} operations are still pending: another run was cut off meanwhile. Repeat.")
    return said


def _key(resource: Resource) -> tuple[str, str]:
    return resource["urn"], resource.get("id", "")


def _read(pulumi: PulumiCli, deployment: Deployment, candidates: list[Resource]) -> dict[tuple[str, str], Resource]:
    """What exists, by its candidate: of a URN, each attempt under its own name is looked up for itself."""
    read: dict[tuple[str, str], Resource] = {}
    while candidates:
        asked = {each["urn"]: each for each in candidates}
        for each in read_back(pulumi, deployment, list(asked.values())):
            read[_key(asked[each["urn"]])] = each
        candidates = [each for each in candidates if asked[each["urn"]] is not each]
    return read


def _with_ids(deployment: Deployment, creating: list[Resource], ids: Mapping[str, str]) -> list[Resource]:
    """Each with its import id as `id`; without one, what exists in no cloud or is said to be absent."""
    result: list[Resource] = []
    unknown: list[str] = []
    for resource in creating:
        urn = resource["urn"]
        try:
            known = ids[urn] if urn in ids else import_id(resource, provider_inputs(deployment, resource))
        except NoImportIdError as error:
            unknown.append(f"{urn}: {error}")
            continue
        result.append({**resource, "id": known} if known else resource)
    if unknown:
        raise OperationError(
            "It is not known whether these exist, which were being created, so nothing was changed:\n"
            + "".join(f"  {each}\n" for each in unknown)
            + "Look for each. If it exists, give its import id by --id 'URN=ID', otherwise --id 'URN='."
        )
    return result


def _created(asked: Resource, read: Resource | None, deployment: Deployment) -> Outcome:
    urn = asked["urn"]
    if not asked.get("id"):
        return Outcome(CREATING, urn, "exists in no cloud, `up` makes it again")
    if read is None:
        return Outcome(CREATING, urn, f"{asked['id']} does not exist, `up` creates it")
    if is_foreign(read):
        return Outcome(CREATING, urn, f"{asked['id']} exists, but was not made by Pulumi: it is left alone")
    if holds(deployment, read):
        return Outcome(CREATING, urn, f"{read['id']} exists and is in the state already")
    return Outcome(CREATING, urn, f"{read['id']} exists and is taken into the state", read)
