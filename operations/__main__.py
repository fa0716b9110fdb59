"""`python -m operations doctor|status`: a stack in the cloud, before and after it comes up."""

import os
import sys
from typing import Annotated

import typer

from operations.outputs import from_cloud, from_sandbox
from sandbox.errors import SandboxError
from sandbox.graph.offline import OfflineProject
from sandbox.home import Home
from sandbox.options import DEV, HERE, JsonOption, ProjectOption, StackOption
from sandbox.project import Project
from sandbox.session import Session

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
SandboxOption = Annotated[bool, typer.Option("--sandbox", help="The stack in this machine's sandbox.")]


@app.command()
def doctor(stack: StackOption = DEV, as_json: JsonOption = False) -> None:
    """What would stop `up` in the cloud, and why HTTPS does not work yet? Exit 1 when `up` would fail."""
    from operations.doctor import findings, to_json, to_text
    from operations.finding import Level
    from operations.stack import settings_of

    project = OfflineProject(Project.find(HERE).directory)
    found = list(findings(settings_of(project, stack)))
    print(to_json(found) if as_json else to_text(found))
    if any(each.level is Level.stops for each in found):
        raise typer.Exit(1)


@app.command()
def status(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """Is it up, and if not, why? Asks the cluster; exit 1 when anything that visitors need is not up."""
    # Imported here: the Kubernetes client takes a quarter of a second.
    from operations.status import Status

    found = Project.find(project)
    if sandbox:
        home = Home.locate()
        os.environ.update(home.environment)
        outputs = from_sandbox(Session(home, found, stack))
    else:
        outputs = from_cloud(found.directory, stack)
    shown = Status.of(stack, outputs)
    print(shown.to_json() if as_json else shown.to_text())
    if not as_json and "readme" in outputs:
        print(f"More about it: pulumi stack output readme --stack {stack}")
    if not shown.up:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; an error that a person can act on is one message and exit code 1."""
    try:
        app()
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
