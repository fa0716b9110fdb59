"""The app in its simplest form."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def root() -> dict[str, str]:
    """What visitors see."""
    return {"message": "Hello World"}


@app.get("/ping")
async def ping() -> str:
    """What the load balancer asks."""
    return "pong"
