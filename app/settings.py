"""Settings of the app, read from environment variables: `workload.variables` in the stack file sets them."""

from typing import Annotated

from fastapi import Depends
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each field is read from the environment variable of its name in upper case."""

    greeting: str = "Hello World"
    openapi_url: str = "/openapi.json"
    """Empty: neither the schema nor /docs and /redoc are served."""
    port: int = 8000
    """As `workload.port` says."""
    metrics_address: str = "0.0.0.0:9090"
    """Host and port of /metrics, which the load balancer must not reach; `workload.metricsPort` sets it."""
    drain_seconds: float = 2
    """How long requests are still answered after SIGTERM, see docs/adr/0004-drain.md."""


settings = Settings()


async def get_settings() -> Settings:
    """The settings as a dependency. It is async because FastAPI would run it in a thread otherwise."""
    return settings


SettingsDependency = Annotated[Settings, Depends(get_settings)]
