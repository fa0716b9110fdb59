"""`python -m sandbox audit`: what a destroyed stack left behind, in the simulated Google or in the cloud."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from audit.audit import audit as audited
from audit.google_api import GoogleProject
from audit.inventory import AuditError, Found, Inventory
from audit.report import to_json, to_markdown
from sandbox.errors import SandboxError
from sandbox.google import Google
from sandbox.graph.offline import OfflineProject
from sandbox.home import Home
from sandbox.options import DEV, HERE, JsonOption, ProjectOption, StackOption
from sandbox.project import Project
from sandbox.session import Session


def audit(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    name: Annotated[
        str, typer.Option("--name", help="What the stack's resources are named; PROJECT-STACK if left out.")
    ] = "",
    cloud: Annotated[bool, typer.Option("--cloud", help="Ask Google Cloud instead of the sandbox.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What a destroyed stack left behind, and how to remove it. Reads only; exit 1 when anything is left."""
    session = Session(Home.locate(), Project.find(project), stack)
    name = name or f"{session.project.name}-{stack}"
    try:
        inventory = _inventory(session, cloud=cloud)
        left = audited(inventory, name)
    except AuditError as error:
        raise SandboxError(str(error)) from None
    print((to_json if as_json else to_markdown)(left, inventory.project, name))
    if any(one.counts for one in left):
        raise typer.Exit(1)


class SimulatedProject:
    """The inventory of a project of the simulated Google."""

    def __init__(self, home: Home, project: str) -> None:
        self.project = project
        self._google = Google(home)

    def list(self, collection: str) -> Iterator[Found]:
        place = (
            rf"projects/{re.escape(self.project)}/(?:global|(?:regions|zones|locations)/([^/]+))/{collection}/([^/]+)"
        )
        for name, resource in self._google.resources().items():
            if found := re.fullmatch(place, name):
                yield Found(found[2], found[1] or "global", str(resource.get("description") or ""))


def _inventory(session: Session, *, cloud: bool) -> Inventory:
    """`google` in the stack file says which project and region; the sandbox's overlay which simulated project."""
    stated = (
        OfflineProject(session.project.directory).configuration(session.stack, {}) if cloud else session.configuration
    )
    google = stated.values.get(f"{session.project.name}:google")
    if not isinstance(google, dict) or not {"project", "region"} <= google.keys():
        raise SandboxError(
            f"Pulumi.{session.stack}.yaml names no Google Cloud project and region under "
            f"{session.project.name}:google, so there is nowhere to look."
        )
    if cloud:
        return GoogleProject(google["project"], google["region"])
    return SimulatedProject(session.home, google["project"])
