"""The command line: one function a command."""

import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from sandbox import embedded, packages, pulumi_cli
from sandbox.answers import Site
from sandbox.auditing import audit
from sandbox.diff.command import diff
from sandbox.display import Display, to_json
from sandbox.doctor import facts
from sandbox.engine.engine import Name
from sandbox.engine.targets import EVERYTHING, Selection
from sandbox.errors import SandboxError
from sandbox.graph.command import graph
from sandbox.home import Home
from sandbox.lock import exclusive
from sandbox.machine import Machine, require_root
from sandbox.options import DEV, HERE, JsonOption, PackConfigOption, PackOption, ProjectOption, StackOption
from sandbox.policy_pack import PolicyPack
from sandbox.process import Process
from sandbox.progress import Report
from sandbox.project import Project
from sandbox.providers import commands
from sandbox.session import Session
from sandbox.status import Status
from sandbox.violation import report

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)

app.command()(audit)
app.command()(diff)
app.command()(graph)


class Engine(StrEnum):
    """Who deploys: the real CLI when it is on PATH (`auto`), or the engine of the sandbox."""

    auto = "auto"
    embedded = "embedded"
    pulumi = "pulumi"

    @property
    def chosen(self) -> "Engine":
        """`embedded` or `pulumi`. Raises SandboxError for a CLI that is not there."""
        if self is Engine.embedded or (self is Engine.auto and not pulumi_cli.installed()):
            return Engine.embedded
        if not pulumi_cli.installed():
            raise SandboxError("`pulumi` is not on PATH, so nothing was done. Install it, or use --engine embedded.")
        return Engine.pulumi


TargetOption = Annotated[
    list[str] | None, typer.Option("--target", help="Only this resource: name, URN, or pattern of either; repeatable.")
]
DependentsOption = Annotated[bool, typer.Option("--target-dependents", help="And what depends on the targets.")]
EngineOption = Annotated[Engine, typer.Option("--engine", help="Who deploys; auto: the Pulumi CLI if on PATH.")]


@app.command()
def up(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    engine: EngineOption = Engine.auto,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
) -> None:
    """Start the sandbox if need be, deploy the stack, and check that it answers."""
    session = _session(project, stack)
    targets = Selection.of(target, target_dependents)
    with _changing(session.home, "up"):
        machine = Machine(session.home, session.images)
        chosen = engine.chosen
        policies = _policies(policy_pack, policy_pack_config)
        if policies or not machine.cluster.running:
            # Wrong input shows here, before minutes of building.
            _embedded(session, "preview", quiet=True, policies=policies, targets=targets)
        machine.start(_report())
        _operate(session, chosen, "up", targets=targets)
        _check(session, chosen)


@app.command()
def preview(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    engine: EngineOption = Engine.auto,
    as_json: JsonOption = False,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
) -> None:
    """Show what `up` would change. Needs no root and no running sandbox."""
    policies = _policies(policy_pack, policy_pack_config)
    targets = Selection.of(target, target_dependents)
    _operate(_session(project, stack), engine, "preview", as_json=as_json, policies=policies, targets=targets)


@app.command()
def refresh(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    engine: EngineOption = Engine.auto,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
) -> None:
    """Compare the state with what really exists, and correct the state."""
    _on_machine(_session(project, stack), engine, "refresh", Selection.of(target, target_dependents))


@app.command()
def destroy(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    engine: EngineOption = Engine.auto,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
) -> None:
    """Remove everything the stack made, in reverse order."""
    _on_machine(_session(project, stack), engine, "destroy", Selection.of(target, target_dependents))


@app.command()
def dev(
    project: Annotated[str, typer.Argument(help="Directory with a Pulumi.yaml, or a system in examples/.")] = HERE,
    stack: StackOption = DEV,
    remove: Annotated[
        bool | None, typer.Option("--remove/--keep", help="What Ctrl-C leaves of the stack; asked when left out.")
    ] = None,
) -> None:
    """Bring the stack up; then build and roll out whatever is saved, and show what the services log."""
    # Imported here: the other commands do without the Kubernetes client, which takes a quarter of a second.
    from sandbox.dev.loop import Loop

    up(project, stack)
    with suppress(KeyboardInterrupt):
        Loop(_session(project, stack), console).run()
    if remove or (remove is None and sys.stdin.isatty() and typer.confirm("Remove everything that the stack made?")):
        destroy(project, stack)


@app.command()
def status(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    engine: EngineOption = Engine.auto,
    as_json: JsonOption = False,
) -> None:
    """Where the stack answers, and what runs."""
    shown = dataclasses.asdict(Status.of(_session(project, stack), engine.chosen))
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
def doctor() -> None:
    """What this machine has, what is missing, and what the sandbox does not simulate."""
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
    found = "on PATH: it deploys" if pulumi_cli.installed() else "not on PATH: the embedded engine deploys"
    console.print(f"\nThe Pulumi CLI is {found}.\n")
    console.print(Markdown(Path(__file__).parents[1].joinpath("docs", "simulation.md").read_text()))


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


def _report() -> Report:
    """Prints each step with the time since the first."""
    start = time.monotonic()
    return lambda message: console.print(Text(f"[{time.monotonic() - start:5.1f}s] {message}"))


def _on_machine(session: Session, engine: Engine, operation: Name, targets: Selection) -> None:
    with _changing(session.home, operation):
        chosen = engine.chosen
        if chosen is Engine.embedded and not embedded.touched(session):
            console.print(f"Nothing of {session.project.name} is deployed in stack {session.stack}.")
            return
        Machine(session.home).start(_report())
        _operate(session, chosen, operation, targets=targets)


def _policies(directory: Path | None, config: Path | None) -> PolicyPack | None:
    if directory is None and config is not None:
        raise SandboxError("--policy-pack-config needs --policy-pack, so nothing was done. Name the policy pack too.")
    return PolicyPack(directory, config) if directory else None


def _operate(
    session: Session,
    engine: Engine,
    operation: Name,
    *,
    as_json: bool = False,
    policies: PolicyPack | None = None,
    targets: Selection = EVERYTHING,
) -> None:
    """Run an operation with the engine of choice; exit 1 when it failed, having shown why."""
    if engine.chosen is Engine.embedded:
        _embedded(session, operation, as_json=as_json, policies=policies, targets=targets)
        return
    commands.install(session.home)
    if not session.cli().operate(operation, as_json=as_json, policies=policies, targets=targets):
        sys.exit(1)


def _embedded(
    session: Session,
    operation: Name,
    *,
    as_json: bool = False,
    quiet: bool = False,
    policies: PolicyPack | None = None,
    targets: Selection = EVERYTHING,
) -> None:
    with Display(preview=operation == "preview") as display, policies or nullcontext():
        outcome = embedded.operate(session, operation, (lambda _event: None) if as_json or quiet else display, targets)
        result = outcome.result
        checked = policies if result.ok else None
        violations = checked.violations(outcome.desired, session.project.name, session.stack) if checked else []
    if as_json:
        told = {"policyViolations": [dataclasses.asdict(one) for one in violations]} if checked else {}
        print(json.dumps({**json.loads(to_json(result)), **told}, indent=2))
    elif not (quiet and result.ok):
        display.show(result)
    if checked and not as_json:
        for line in report(violations):
            console.print(line)
    if not result.ok or any(one.level == "mandatory" for one in violations):
        sys.exit(1)


def _check(session: Session, engine: Engine) -> None:
    """Wait until the stack answers over HTTP and HTTPS, and tell how to reach it."""
    deployed = Status.of(session, engine)
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
