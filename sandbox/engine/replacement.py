"""Which resources must be deleted before one that they depend on is deleted and made anew."""

from collections.abc import Sequence

from sandbox.engine import urn as urns
from sandbox.engine.diff import apply_replace_on_changes
from sandbox.engine.property import UNKNOWN
from sandbox.engine.provider import Lifecycle, Unconfigured
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource


def dependent_replacements(root: Resource, candidates: Sequence[Resource], registry: Registry) -> list[Resource]:
    """Those candidates (in dependency order) that a replacement of `root` replaces too.

    A resource is replaced when its provider is, or when its own provider says so with the inputs that come from a
    replaced resource taken as unknown. (pulumi/pulumi: calculateDependentReplacements in step_generator.go)
    """
    replaced = {root.urn}
    found: list[Resource] = []
    for resource in candidates:
        if resource.custom and not resource.external and _replaced(resource, replaced, registry):
            replaced.add(resource.urn)
            found.append(resource)
    return found


def _replaced(resource: Resource, replaced: set[str], registry: Registry) -> bool:
    if urns.provider_urn(resource.provider) in replaced:
        return True
    uncertain = {key for key, on in resource.property_dependencies.items() if not replaced.isdisjoint(on)}
    if not uncertain:
        return False
    inputs = {key: UNKNOWN if key in uncertain else value for key, value in resource.inputs.items()}
    lifecycle: Lifecycle = registry if urns.is_provider(resource.type) else registry.get(resource.provider)
    try:
        diff = lifecycle.diff(resource, inputs, resource.ignore_changes)
    except Unconfigured:
        return False
    return bool(apply_replace_on_changes(diff, resource.replace_on_changes, False).replaces)
