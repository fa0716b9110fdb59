"""`python -m operations doctor|status|recover`: a stack before it comes up, when it is up, and after a killed run."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from operations.error import OperationError
from operations.pulumi_cli import PulumiCli

EXAMPLES = Path(__file__).parents[1] / "examples"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
ProjectOption = Annotated[
    str,
    typer.Option("--project", "--system", help="Directory with a Pulumi.yaml, or the name of a system in examples/."),
]
StackOption = Annotated[str, typer.Option("--stack", help="Stack to work on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HERE, DEV = ".", "dev"


@app.command()
def doctor(stack: StackOption = DEV, as_json: JsonOption = False) -> None:
    """What would stop `up` in the cloud, and why HTTPS does not work yet? Exit 1 when `up` would fail."""
    from operations.doctor import findings, to_json, to_text
    from operations.finding import Level
    from operations.stack import settings_of

    found = list(findings(settings_of(_project(HERE), stack)))
    print(to_json(found) if as_json else to_text(found))
    if any(each.level is Level.stops for each in found):
        raise typer.Exit(1)


@app.command()
def status(project: ProjectOption = HERE, stack: StackOption = DEV, as_json: JsonOption = False) -> None:
    """Is it up, and if not, why? Asks the cluster; exit 1 when anything that visitors need is not up."""
    from operations.deployment import outputs
    from operations.status import Status

    deployment = PulumiCli(_project(project), stack).deployment(show_secrets=True)
    shown = Status.of(stack, deployment)
    print(shown.to_json() if as_json else shown.to_text())
    if not as_json and "readme" in outputs(deployment):
        print(f"More about it: pulumi stack output readme --stack {stack}")
    if not shown.up:
        raise typer.Exit(1)


@app.command()
def recover(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Remove a lock whose process may be at work.")] = False,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="URN=ID", help="Import id of a resource that was being created; empty: absent."),
    ] = None,
) -> None:
    """After a killed `up` or `destroy`: remove its lock, and bring the state in line with what exists."""
    from operations.recover import outcomes, settle
    from operations.release import release

    pulumi = PulumiCli(_project(project), stack)
    release(pulumi, print, force=force, dry_run=dry_run)
    deployment = pulumi.deployment()
    found = outcomes(pulumi, deployment, dict(_pair(each) for each in ids or ()))
    for each in found:
        print(each)
    if not found:
        print("no operation is pending")
    elif not dry_run:
        print(settle(pulumi, deployment, found))


def _pair(text: str) -> tuple[str, str]:
    # A URN's own text may contain the character.
    urn, separator, resource_id = text.rpartition("=")
    if not separator:
        raise typer.BadParameter(f"{text!r} is not of the form URN=ID.")
    return urn, resource_id


def _project(place: str) -> Path:
    """The project in the directory `place`, or the example of that name. Raises OperationError."""
    for directory in (Path(place), EXAMPLES / place):
        if (directory / "Pulumi.yaml").exists():
            return directory.resolve()
    raise OperationError(f"{place!r} is neither a directory with a Pulumi.yaml nor a system in examples/.")


def main() -> None:
    """Run the command line; an error that a person can act on is one message and exit code 1."""
    try:
        app()
    except OperationError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
