"""`python -m sandbox graph`."""

from typing import Annotated

import typer

from sandbox.errors import SandboxError
from sandbox.options import DEV, HERE, JsonOption, ProjectOption, StackOption
from sandbox.project import Project

FORMATS = ("svg", "html", "mermaid", "json")


def graph(
    project: ProjectOption = HERE,
    stack: StackOption = DEV,
    svg: Annotated[bool, typer.Option("--svg", help="Print a picture. This is the default.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Print a page, with the properties of every resource.")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print a flowchart for Markdown.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The resources of a stack and what needs what. Needs no cloud, cluster or credential."""
    chosen = [name for name, flag in zip(FORMATS, (svg, html, mermaid, as_json), strict=True) if flag] or ["svg"]
    if len(chosen) > 1:
        raise SandboxError(f"--{' and --'.join(chosen)} exclude each other, so nothing was drawn. Choose one.")
    print(render(Project.find(project), stack, chosen[0]), end="")


def render(project: Project, stack: str, form: str) -> str:
    """The graph as text in one of FORMATS. The same program always gives the same text.

    Raises SandboxError for a stack that cannot be evaluated.
    """
    # Imported here: the other commands start without.
    from sandbox.graph.evaluation import Request, evaluate
    from sandbox.graph.installation import prepare
    from sandbox.graph.mermaid import mermaid
    from sandbox.graph.offline import OfflineProject
    from sandbox.graph.page import Sheet, page
    from sandbox.graph.picture import svg

    # Before a CLI is built for nothing.
    OfflineProject(project.directory).configuration(stack, {})
    evaluated = evaluate(prepare(), [Request(stack, after=project.directory)])[0]
    if evaluated.after is None:
        raise SandboxError(evaluated.error)
    found = evaluated.after
    title = f"Resources of {found.project}, stack {stack}"
    match form:
        case "html":
            return page(title, "Evaluated without cloud, cluster or credential.", [Sheet(found)])
        case "mermaid":
            return mermaid(found.nodes)
        case "json":
            return found.model_dump_json(indent=2) + "\n"
        case _:
            return svg(found.nodes, title)
