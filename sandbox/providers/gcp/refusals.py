"""What Google's API refuses, in its own words where they are known."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from sandbox.errors import SandboxError
from sandbox.google import Resource
from sandbox.providers.gcp import rules
from sandbox.providers.gcp.inputs import reach
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import TYPES

WORDS: Mapping[rules.Rule, str] = {
    rules.location: 'Location "{value}" does not exist., badRequest',
    rules.member: (
        "The member {value} is of an unknown type. Please set a valid type prefix for the member., badRequest"
    ),
    rules.region: "Invalid value for field 'region': '{value}'. Unknown region., invalid",
    rules.role: "Role {value} is not supported for this resource., badRequest",
}
"""By the rule that a value breaks."""


def refuse_values(kind: ResourceType, inputs: Mapping[str, Any]) -> None:
    """Values that the published provider passes on, and Google's API does not take."""
    for pattern, rule in {"project": rules.project, "region": rules.region, **kind.api_rules}.items():
        for path, value in reach(inputs, pattern):
            if wrong := rule(value):
                words = WORDS.get(rule, "Invalid value for field 'resource.{path}': '{value}'., invalid")
                raise SandboxError(
                    f"googleapi: Error 400: {words.format(path=path, value=value)}. {value!r} {wrong}. "
                    f"Nothing was created or changed. Correct {path}."
                )


def refuse_overlap(
    kind: ResourceType, inputs: Mapping[str, Any], references: list[str], resources: Mapping[str, Resource]
) -> None:
    """The ranges of one network's subnets must not overlap."""
    patterns = ("ipCidrRange", "secondaryIpRanges[*].ipCidrRange")
    if patterns[0] not in kind.replaces_if:
        return
    taken = [
        (name, IPv4Network(value))
        for name, resource in resources.items()
        if resource["references"] == references and TYPES[resource["type"]] is kind
        for pattern in patterns
        for _, value in reach(resource["properties"], pattern)
    ]
    for pattern in patterns:
        for path, value in reach(inputs, pattern):
            for name, other in taken:
                if IPv4Network(value).overlaps(other):
                    raise SandboxError(
                        f"googleapi: Error 400: Invalid value for field '{path}': '{value}'. It conflicts with "
                        f"{other} of '{name}', invalid. Nothing was created. Choose a free range."
                    )
            taken.append((path, IPv4Network(value)))


def refuse_shared_services_range(
    inputs: Mapping[str, Any], references: list[str], resources: Mapping[str, Resource]
) -> None:
    """Clusters of one subnet do not share a range of Services."""
    path = "ipAllocationPolicy.servicesSecondaryRangeName"
    for _, wanted in reach(inputs, path):
        for resource in resources.values():
            if resource["references"] == references and (path, wanted) in reach(resource["properties"], path):
                raise SandboxError(
                    f"googleapi: Error 400: Services range {wanted!r} in network {inputs.get('network')!r}, subnetwork "
                    f"{inputs.get('subnetwork')!r} is already used by another cluster., badRequest. Nothing was "
                    "created. Delete the other cluster first, or name another range."
                )


def refuse_modified_range(before: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
    """A subnet's secondary range comes and goes, and does not change."""
    ranges = {each["rangeName"]: each.get("ipCidrRange") for each in before.get("secondaryIpRanges") or ()}
    for index, each in enumerate(inputs.get("secondaryIpRanges") or ()):
        old, new = ranges.get(each["rangeName"]), each.get("ipCidrRange")
        if old and new and old != new:
            raise SandboxError(
                f"googleapi: Error 400: Invalid value for field 'resource.secondaryIpRanges[{index}].ipCidrRange': "
                f"'{new}'. Existing secondary range cannot be modified: {new}., invalid. Nothing was changed. Replace "
                "the subnet (resource option replace_on_changes), or add the range under another name."
            )


def refuse_protected(name: str, properties: Mapping[str, Any]) -> None:
    if properties.get("deletionProtection") in (True, "true"):
        raise SandboxError(
            f"Cannot destroy '{name}' because deletionProtection is set to true. It was not deleted. "
            "Set it to false, run `up` once, then delete the cluster."
        )
    if properties.get("deletionPolicy") == "PREVENT":
        raise SandboxError(
            f"Cannot destroy '{name}' because deletionPolicy is PREVENT. It was not deleted. "
            "Set it to DELETE, run `up` once, then delete the resource."
        )
