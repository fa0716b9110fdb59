"""`python -m sandbox diff`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sandbox.errors import SandboxError
from sandbox.graph.policy_pack import PolicyPack
from sandbox.options import HERE, JsonOption, PackConfigOption, PackOption, ProjectOption
from sandbox.project import Project

BLOCKED = 3
"""Exit code when something would be lost that nobody gave leave to lose."""

INCOMPLETE = 1
"""Exit code when a stack could not be evaluated; the others are compared all the same."""


def diff(
    base: Annotated[str, typer.Option("--base", help="Commit to compare the work tree with, such as origin/main.")],
    project: ProjectOption = HERE,
    stack: Annotated[str, typer.Option("--stack", help="Stack to compare, or all.")] = "all",
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file, too.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown. This is the default.")] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="Class of risk or URN that may be lost, or all; repeatable."),
    ] = None,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
) -> None:
    """What a change of the program would do. Needs no cloud, cluster or credential.

    Exit code 3: a cluster, node pool, address, certificate, namespace, volume, or something protected would be
    replaced or deleted without leave. Exit code 1: a stack could not be evaluated; the others are shown.
    """
    # Imported here: the other commands start without.
    from sandbox.diff import markdown as comment
    from sandbox.diff import page
    from sandbox.diff.comparison import compare
    from sandbox.diff.risk import require_known

    if as_json and markdown:
        raise SandboxError("--json and --markdown exclude each other, so nothing was compared. Choose one.")
    if policy_pack_config and not policy_pack:
        raise SandboxError("--policy-pack-config needs --policy-pack, so nothing was compared. Name the pack too.")
    require_known(allow or ())
    policies = PolicyPack(policy_pack, policy_pack_config) if policy_pack else None
    document = compare(Project.find(project).directory, base, stack, allow or (), policies)
    if html:
        _write(html, page.html(document))
    print(document.model_dump_json(indent=2) + "\n" if as_json else comment.markdown(document), end="")
    if document.incomplete:
        sys.exit(INCOMPLETE)
    if document.blocked:
        sys.exit(BLOCKED)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise SandboxError(
            f"{path} cannot be written: {error.strerror}. There is no page. Name another file."
        ) from None
