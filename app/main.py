"""The web app."""

from fastapi import FastAPI
from pydantic import BaseModel

from app import health
from app.observability import ObservabilityMiddleware
from app.settings import SettingsDependency, settings

app = FastAPI(
    title="gke-webapp",
    openapi_url=settings.openapi_url,
    # Traces are sent where OTEL_EXPORTER_OTLP_ENDPOINT says; without it, none are made.
    telemetry={
        "auto_configure": True,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "exclude": lambda scope: scope["path"] in health.PATHS,
    },
)
app.add_middleware(ObservabilityMiddleware)


class Greeting(BaseModel):
    """What visitors see."""

    message: str


@app.get("/")
async def greet(settings: SettingsDependency) -> Greeting:
    """Greet visitors."""
    return Greeting(message=settings.greeting)


# Routes are tried in this order: behind a router, FastAPI takes a quarter longer for a request.
app.include_router(health.router)
