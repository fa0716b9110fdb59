"""What a program asks for, found by previewing it against stand-ins for its providers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.engine import urn as urns
from sandbox.engine.engine import Engine
from sandbox.engine.events import Step
from sandbox.engine.program import Program
from sandbox.engine.property import UNKNOWN
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import StateFile
from sandbox.errors import SandboxError
from sandbox.graph.stand_in import StandIns

IDENTITY = "evaluated"
"""The id of every provider that counts as deployed."""


@dataclass(frozen=True)
class Evaluation:
    """A program's resources, by URN, and the steps from those before to them."""

    resources: Mapping[str, Resource]
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]


def deployed(program: Program, plugins: StandIns) -> Evaluation:
    """The program's resources as if they had just been created. Raises SandboxError when the program fails."""
    plugins.deployed = True
    evaluation = _preview(program, plugins, ())
    return replace(evaluation, resources={urn: _identified(item) for urn, item in evaluation.resources.items()})


def planned(program: Program, plugins: StandIns, before: Collection[Resource]) -> Evaluation:
    """What `up` would do where `before` is deployed. Protection refuses nothing here. Raises as `deployed`."""
    plugins.deployed = False
    return _preview(program, plugins, [replace(resource, protect=False) for resource in before])


class _Held(StateFile):
    """A state that is in no file."""

    def __init__(self, resources: Collection[Resource]) -> None:
        super().__init__(Path("no state"), "")
        self._resources = tuple(resources)

    def load(self, *, settle: bool) -> Snapshot:  # noqa: ARG002
        return Snapshot(self._resources)


class _Offline(Engine):
    """An engine for one preview of what is not deployed."""

    def __init__(self, program: Program, plugins: StandIns, before: Collection[Resource]) -> None:
        # Stacks that it refers to are looked for beside this, where there are none.
        nowhere = Path("state", program.project, f"{program.stack}.json")
        super().__init__(program, nowhere, "", plugins, lambda _event: None)
        self._state = _Held(before)


def _preview(program: Program, plugins: StandIns, before: Collection[Resource]) -> Evaluation:
    engine = _Offline(program, plugins, before)
    result = engine.preview()
    if not result.ok:
        errors = dict.fromkeys(item.message.strip() for item in result.diagnostics if item.severity == "error")
        raise SandboxError(f"Stack {program.stack} cannot be evaluated:\n" + "\n".join(errors))
    warnings = sorted({item.message for item in result.diagnostics if item.severity == "warning"})
    return Evaluation({item.urn: item for item in engine.desired}, result.steps, tuple(warnings))


def _identified(resource: Resource) -> Resource:
    """The resource with the id, and the reference to its provider, that a deployment would have given it."""
    id_ = IDENTITY if urns.is_provider(resource.type) else resource.id
    return replace(resource, id=id_, provider=resource.provider.replace(f"::{UNKNOWN}", f"::{IDENTITY}"))
