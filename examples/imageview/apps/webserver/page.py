"""What visitors see: the pod's colour, its project, and that its secret is there."""

from collections.abc import Mapping
from html import escape

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from webserver.farewell import CHANCE, HEALTH, Farewell

HEADERS = {"cache-control": "no-store", "vary": "accept"}

PAGE = """\
<!doctype html>
<html lang="en">
<title>{colour}</title>
<body style="margin: 0; display: grid; place-content: center; height: 100vh; color: white; background: {colour};
  font: 1.5rem system-ui; text-align: center">
<h1>{colour}</h1>
<p>Project {project}, with its secret</p>
"""

TOLD = ("COLOUR", "PROJECT_ID", "SECRET_ID", "SECRET_KEY")


def service(environment: Mapping[str, str], chance: float = CHANCE) -> Starlette:
    """The app; ends the process, naming the variables, when `environment` lacks one of TOLD."""
    if missing := [variable for variable in TOLD if not environment.get(variable)]:
        raise SystemExit(f"{', '.join(missing)}: not set, so there is nothing to show. Set it in the Deployment.")
    colour, project = environment["COLOUR"], environment["PROJECT_ID"]
    page = PAGE.format(colour=escape(colour), project=escape(project))
    content = {"colour": colour, "projectId": project, "secret": "present"}

    async def home(request: Request) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(content, headers=HEADERS)
        return HTMLResponse(page, headers=HEADERS)

    return Starlette(routes=[Route("/", home), *HEALTH], middleware=[Middleware(Farewell, chance=chance)])
