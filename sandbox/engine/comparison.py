"""What has to be done to a resource that exists, for it to be as the program wants it."""

from dataclasses import dataclass, field, replace

from sandbox.engine import urn as urns
from sandbox.engine.claims import Claims
from sandbox.engine.diff import Diff, PropertyDiff, apply_replace_on_changes, compare, hide
from sandbox.engine.operation import Operation
from sandbox.engine.property import Value, contains_unknown, redact, reveal
from sandbox.engine.provider import Lifecycle, Unconfigured
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError


@dataclass
class Comparison:
    """Compares old with new: first what concerns the whole resource, then, by its provider, its properties."""

    operation: Operation
    registry: Registry
    claims: Claims
    replaced: set[str] = field(default_factory=set)
    """URNs of what this operation has replaced."""

    def diff(self, lifecycle: Lifecycle | None, old: Resource, new: Resource) -> Diff:
        """Raises SandboxError for a replacement trigger whose value is not known although this is no preview."""
        diff = self._whole(old, new) or self._properties(lifecycle, old, new)
        diff = apply_replace_on_changes(diff, new.replace_on_changes, bool(old.init_errors))
        return replace(diff, properties=hide(diff.properties, new.hide_diff))

    def _whole(self, old: Resource, new: Resource) -> Diff | None:
        """Why the resource must be replaced whatever its properties; None when nothing demands it."""
        if self._triggered(old, new):
            before, after = redact(old.replacement_trigger), redact(new.replacement_trigger)
            return _replacement(old, new, "replacementTrigger", before, after)
        if old.custom != new.custom:
            return _replacement(old, new, "custom", old.custom, new.custom)
        if followed := sorted({new.deleted_with, *new.replace_with} & self.replaced):
            option = "deletedWith" if followed[0] == new.deleted_with else "replaceWith"
            return _replacement(old, new, option, urns.name_of(followed[0]), urns.name_of(followed[0]))
        if old.provider != new.provider and self._provider_replaced(old, new):
            return _replacement(old, new, "provider", old.provider, new.provider)
        return None

    def _triggered(self, old: Resource, new: Resource) -> bool:
        before, after = reveal(old.replacement_trigger), reveal(new.replacement_trigger)
        if contains_unknown(after):
            if not self.operation.preview:
                raise SandboxError(f"The replacement trigger of {new.urn} is not known although this is no preview.")
            return True
        return None not in (before, after) and before != after

    def _properties(self, lifecycle: Lifecycle | None, old: Resource, new: Resource) -> Diff:
        if lifecycle is None:
            properties = compare(old.inputs, new.inputs)
            return Diff(bool(properties), properties)
        try:
            return lifecycle.diff(old, new.inputs, new.ignore_changes)
        except Unconfigured:
            self.operation.log(
                "warning",
                "The provider for this resource has inputs that are not known during preview.\n"
                "This preview may not correctly represent the changes that will be applied during an update.",
                new.urn,
            )
            return Diff(True, compare(old.inputs, new.inputs))

    def _provider_replaced(self, old: Resource, new: Resource) -> bool:
        """Whether the resource went to another provider that cannot go on with what the old one made."""
        old_urn, _, old_id = old.provider.rpartition("::")
        if urns.reference(self.claims.renamed.get(old_urn, old_urn), old_id) == new.provider:
            return False
        before = self.registry.recorded(old.provider)
        after = self.operation.snapshot.live(urns.provider_urn(new.provider))
        if before is None or after is None:
            return False
        return self.registry.replaces(new.provider, before, after)


def _replacement(old: Resource, new: Resource, path: str, before: Value, after: Value) -> Diff:
    change = PropertyDiff(path, "update", before, after, replace=True)
    return Diff(True, (change, *compare(old.inputs, new.inputs)), (path,))
