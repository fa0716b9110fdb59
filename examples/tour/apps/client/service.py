"""What a person sees: a page that asks the other services, through the Ingress that led to it."""

from pathlib import Path

from chassis.service import Service, anything
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

PAGE = Path(__file__).with_name("tours.html").read_text()

router = APIRouter()


@router.get("/")
async def page(request: Request) -> Response:
    """HTML for who asks for it, as browsers do; else JSON, as everywhere."""
    return HTMLResponse(PAGE) if "text/html" in request.headers.get("accept", "") else await anything(request)


app = Service("client", router)
