"""What the simulation knows of a Google resource type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from sandbox.providers.gcp.computed import Made
from sandbox.providers.gcp.constraints import Constraint
from sandbox.providers.gcp.equivalence import Equivalence
from sandbox.providers.gcp.inputs import reach
from sandbox.providers.gcp.rules import Rule


@dataclass(frozen=True)
class ResourceType:
    """What the simulation knows of a type beyond what the SDK says of its inputs (`inputs.json`).

    Paths are written `subnetworks[*].name`; `*` for a name means every property there.

    Identity: `name` is Google's resource name; the inputs in its braces identify the resource, so that a change of one
    replaces it. `id` is Pulumi's, where it differs. `named` is the input that gets a generated value when the program
    gives none. `references` maps an input that names another resource to that resource's name.

    Checks: the published provider refuses what breaks `rules` (single values) and `constraints` (several together) in
    a preview; Google's API refuses what breaks `api_rules` when it is asked to create or change the resource.

    Changes: one at or below a path of `replaces`, and not of `in_place`, replaces the resource; one at a path of
    `replaces_if`, if the function of the old and the new value says so. `computed_inputs` are nested inputs that keep
    their value when the program leaves them out. `sets` are lists without order and duplicates, `keyed` lists without
    order whose elements a property identifies. A value of `defaults` is the same as none, and what `equivalences`
    say is the same is no change.

    Outputs: keys of `computed` are dotted paths. `labels` is the input that holds labels, if any. What is `idempotent`
    is created without an error when it exists already: Google knows roles' members and enabled services as parts of
    a set.
    """

    name: str
    id: str = ""
    named: str = "name"
    references: Mapping[str, str] = field(default_factory=dict[str, str])
    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    constraints: tuple[Constraint, ...] = ()
    api_rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    replaces: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    replaces_if: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict[str, Callable[[Any, Any], bool]])
    computed_inputs: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    keyed: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    equivalences: Mapping[str, Equivalence] = field(default_factory=dict[str, Equivalence])
    computed: Mapping[str, Callable[[Made], Any]] = field(default_factory=dict[str, Callable[[Made], Any]])
    labels: str = ""
    refuses_children: bool = False
    idempotent: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """The inputs in the resource's name."""
        return tuple(dict.fromkeys(key for _, key, _, _ in Formatter().parse(self.name) if key))

    @property
    def default_outputs(self) -> dict[str, Any]:
        """The defaults of properties that are not nested."""
        return {key: value for key, value in self.defaults.items() if "." not in key}

    def google_name(self, inputs: Mapping[str, Any]) -> str:
        """Google's resource name, such as `projects/p/global/networks/n`."""
        return self.name.format_map(self._spelled(inputs))

    def pulumi_id(self, inputs: Mapping[str, Any]) -> str:
        """The id in Pulumi's state, which `pulumi import` takes, too."""
        return (self.id or self.name).format_map(self._spelled(inputs))

    def referenced(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Property path of each reference and the Google name of the resource it means.

        An input may hold that resource's short name, its resource name, or its URL.
        """
        found: dict[str, str] = {}
        for pattern, target in self.references.items():
            for path, value in reach(inputs, pattern):
                if "projects/" in value:
                    found[path] = value[value.index("projects/") :]
                else:
                    last = [name for _, name, _, _ in Formatter().parse(target) if name][-1]
                    found[path] = target.format_map({**inputs, "region": _region(inputs), last: value})
        return found

    def _spelled(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with references to a parent cut down to its short name, as a name's segment."""
        segments = {key for key, target in self.references.items() if "/" in target}
        return {
            key: value.rpartition("/")[2] if key in segments and isinstance(value, str) else value
            for key, value in inputs.items()
        }


def _region(inputs: Mapping[str, Any]) -> str:
    """The region, also of what has a location: `europe-west1` of `europe-west1-b`."""
    place = inputs.get("region") or inputs.get("location") or ""
    return "-".join(place.split("-")[:2])
