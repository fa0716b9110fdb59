"""The sandbox's own engine on a stack, with the sandbox's own providers."""

from collections.abc import Collection
from dataclasses import dataclass

from sandbox.engine import journal
from sandbox.engine.engine import Engine, Name
from sandbox.engine.events import OnEvent, Result
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.engine.resource import Resource
from sandbox.engine.targets import EVERYTHING, Selection
from sandbox.providers import BUILTIN
from sandbox.pulumi_cli import resources
from sandbox.session import Session


@dataclass(frozen=True)
class Outcome:
    """What an operation came to, and the resources that the program asked for."""

    result: Result
    desired: Collection[Resource]


def operate(session: Session, operation: Name, on_event: OnEvent, targets: Selection = EVERYTHING) -> Outcome:
    """Run one operation on the session's stack. A failed step is in the result."""
    home, project = session.home, session.project
    config, secrets = session.program_configuration()
    plugins = Plugins(BUILTIN, hidden=home.plugins)
    try:
        program = Program(project.directory, project.name, session.stack, config, secrets)
        engine = Engine(
            program,
            session.state,
            session.credentials.passphrase,
            plugins,
            on_event,
            targets=targets.targets,
            target_dependents=targets.dependents,
        )
        result = getattr(engine, operation)()
        return Outcome(result, engine.desired)
    finally:
        plugins.close()


def touched(session: Session) -> bool:
    """Whether an operation ever left something: in the state, or in the journal of a first `up` that was killed."""
    return bool(resources(session.state)) or journal.path_of(session.state).exists()
