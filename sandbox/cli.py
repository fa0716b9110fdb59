"""The command line: one function a command."""

import dataclasses
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from sandbox import commands, packages
from sandbox.answers import Site
from sandbox.auditing import audit
from sandbox.cluster.cluster import Cluster
from sandbox.dev.loop import Loop
from sandbox.diff.command import diff
from sandbox.doctor import facts
from sandbox.errors import SandboxError
from sandbox.graph.command import graph
from sandbox.home import Home
from sandbox.lock import exclusive
from sandbox.machine import Machine, require_root
from sandbox.options import DEV, HERE, JsonOption, ProjectOption, StackOption
from sandbox.process import Process
from sandbox.progress import Report
from sandbox.project import Project
from sandbox.pulumi.command import Command
from sandbox.pulumi.environment import environment
from sandbox.pulumi.initialization import initialize
from sandbox.pulumi.installation import Installation
from sandbox.pulumi.stack import Stack
from sandbox.session import Session
from sandbox.status import Status
from sandbox.validation import validate

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)

app.command()(audit)
app.command()(diff)
app.command()(graph)


PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of commands whose other arguments are for `pulumi`."""


@app.command(context_settings=PASSED_ON)
def up(context: typer.Context, project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """Start the sandbox if need be, run `pulumi up` on the stack, and check that it answers."""
    _up(_session(project, stack), context.args)


@app.command(context_settings=PASSED_ON)
def preview(context: typer.Context, project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """Run `pulumi preview` on the stack. Needs no root and no running sandbox."""
    session = _session(project, stack)
    validate(session.project, stack)
    _prepare(session)
    _pulumi(session, "preview", *context.args)


@app.command(context_settings=PASSED_ON)
def refresh(context: typer.Context, project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """Run `pulumi refresh`: compare the state with what really exists, and correct the state."""
    _on_machine(_session(project, stack), "refresh", context.args)


@app.command(context_settings=PASSED_ON)
def destroy(context: typer.Context, project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """Run `pulumi destroy`: remove everything the stack made, in reverse order."""
    _on_machine(_session(project, stack), "destroy", context.args)


@app.command()
def env(project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """Print what makes plain `pulumi` and `kubectl` of a shell work on the sandbox, for `eval`."""
    session = _session(project, stack)
    _prepare(session, Console(stderr=True, highlight=False, soft_wrap=True))
    for name, value in (environment(session.home) | {"PULUMI_STACK": stack}).items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def build() -> None:
    """Build what `up` needs and this machine lacks, once. Needs no root."""
    home = Home.locate()
    Installation.locate(home).prepare(_report(), *Cluster(home).builds)


@app.command()
def dev(
    project: Annotated[str, typer.Argument(help="Directory with a Pulumi.yaml, or a system in examples/.")] = HERE,
    stack: StackOption = DEV,
    remove: Annotated[
        bool | None, typer.Option("--remove/--keep", help="What Ctrl-C leaves of the stack; asked when left out.")
    ] = None,
) -> None:
    """Bring the stack up; then build and roll out whatever is saved, and show what the services log."""
    session = _session(project, stack)
    _up(session, [])
    with suppress(KeyboardInterrupt):
        Loop(session, console).run()
    if remove or (remove is None and sys.stdin.isatty() and typer.confirm("Remove everything that the stack made?")):
        _on_machine(session, "destroy", [])


@app.command()
def status(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    as_json: JsonOption = False,
) -> None:
    """Where the stack answers, and what runs."""
    shown = dataclasses.asdict(Status.of(_session(project, stack)))
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    for name, value in shown.items():
        for part, item in value.items() if isinstance(value, dict) else [("", value)]:
            label = f"{name}.{part}" if part else name
            first, *more = (item if isinstance(item, str) else json.dumps(item)).splitlines() or [""]
            console.print(Text(f"{label:<24}{first}{' …' if more else ''}"))


@app.command()
def logs(
    process: Annotated[str, typer.Argument(help="Such as edge, kubelet or registry; all when left out.")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", help="Lines from the end of each.")] = 40,
) -> None:
    """The end of what the sandbox's processes wrote."""
    home = Home.locate()
    names = sorted(path.stem for path in home.logs.glob("*.log"))
    if process and process not in names:
        raise SandboxError(f"No process {process!r} has written a log. There are: {', '.join(names) or 'none'}.")
    for name in [process] if process else names:
        print(Process(home, name).tail(lines))


@app.command()
def stop() -> None:
    """End every process of the sandbox. What was deployed is there again after the next `up`."""
    home = Home.locate()
    with _changing(home, "stop"):
        Machine(home).stop()
    console.print("The sandbox is stopped.")


@app.command()
def doctor(project: ProjectOption = HERE, stack: StackOption = DEV) -> None:
    """What this machine has, what is missing, what is wrong with the stack file, and what is not simulated."""
    for fact in facts(Home.locate()):
        console.print(Text.assemble(f"{fact.name:<18}{fact.found}", (fact.problem and f": {fact.problem}", "red")))
    console.print()
    missing = packages.missing()
    table = Table("Debian package", "", "for", box=None, pad_edge=False)
    for package, reason in packages.PACKAGES.items():
        table.add_row(package, "missing" if package in missing else "installed", reason)
    console.print(table)
    if missing:
        console.print("`up` installs the missing packages, as root.")
    console.print()
    console.print(Markdown(Path(__file__).parents[1].joinpath("docs", "simulation.md").read_text()))
    # Last, so that it is not scrolled away.
    validate(Project.find(project), stack)
    console.print(f"\nNothing is wrong with the file of the stack {stack}.")


def main() -> None:
    """Run the command line; an error that a person can act on is one message and exit code 1."""
    os.environ.update(Home.locate().environment)
    # Ended politely, it still cleans up.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
    try:
        app()
    except SandboxError as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(f"{error.filename} belongs to another user: {error.strerror}. Run this as that user, such as root.")
    except KeyboardInterrupt as interrupt:
        if interrupt.args:
            console.print(interrupt)
        sys.exit(130)


def _fail(message: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text.assemble(("error: ", "red"), message))
    sys.exit(1)


def _session(project: str, stack: str) -> Session:
    return Session(Home.locate(), Project.find(project), stack)


@contextmanager
def _changing(home: Home, command: str) -> Generator[None]:
    require_root(command)
    with exclusive(home, command):
        yield


def _report(shown: Console = console) -> Report:
    """Prints each step with the time since the first."""
    start = time.monotonic()
    return lambda message: shown.print(Text(f"[{time.monotonic() - start:5.1f}s] {message}"))


def _prepare(session: Session, shown: Console = console) -> None:
    """Have the CLI, what it needs and the stack, so that `pulumi` works; no root and no running sandbox."""
    session.home.root.mkdir(parents=True, exist_ok=True)
    Installation.locate(session.home).prepare(_report(shown))
    commands.install(session.home)
    initialize(session)


def _up(session: Session, arguments: list[str]) -> None:
    # Mistakes show before minutes of building.
    validate(session.project, session.stack)
    with _changing(session.home, "up"):
        Machine(session.home, session.images).start(_report())
        initialize(session)
        _pulumi(session, "up", "--yes", "--skip-preview", *arguments)
        _check(session)


def _on_machine(session: Session, command: str, arguments: list[str]) -> None:
    with _changing(session.home, command):
        if not Stack(session).resources:
            console.print(f"Nothing of {session.project.name} is deployed in stack {session.stack}.")
            return
        Machine(session.home).start(_report())
        initialize(session)
        _pulumi(session, command, "--yes", "--skip-preview", *arguments)


def _pulumi(session: Session, *arguments: str) -> None:
    """Run the CLI in the project's directory, as the sandbox's shell does; exit with its status if it failed."""
    directory = ["--cwd", str(session.project.directory), "--stack", session.stack]
    if status := Command.prepare(session.home, [*arguments, *directory]).run().returncode:
        if Stack(session).locked:
            console.print("A run that was killed left the stack locked: `make recover` settles what it left.")
        sys.exit(status)


def _check(session: Session) -> None:
    """Wait until the stack answers over HTTP and HTTPS, and tell how to reach it."""
    deployed = Status.of(session)
    if deployed.address is None or deployed.domain is None:
        return
    site = Site(deployed.address, deployed.domain, session.home.pki / "ca.crt")
    for path in session.project.overlay.get("answers", []):
        for https in (False, True):
            site.wait(path, https=https, seconds=60)
    console.print(f"\n{deployed.domain} answers on {site.address}:\n")
    resolve = f"--resolve {site.domain}:{{port}}:{site.address}"
    console.print(f"  curl {resolve.format(port=80)} http://{site.domain}/")
    if site.status("/", https=True) is not None:
        console.print(f"  curl {resolve.format(port=443)} --cacert {site.ca} https://{site.domain}/")
    console.print(f"  {session.home.bin / 'kubectl'} get pods --all-namespaces")
