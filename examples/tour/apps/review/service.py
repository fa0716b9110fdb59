"""Reviews of tours: read much more often than written, so they are cached."""

from typing import Any

from chassis.database import Database, new, public
from chassis.service import Service, answer
from chassis.store import Cache
from chassis.tokens import User
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

router = APIRouter()
database, cache = Database(), Cache()


class Opinion(BaseModel):
    """What somebody thinks of a tour."""

    tour: str = Field(max_length=64)
    rating: int = Field(ge=1, le=5)
    text: str = Field(max_length=1000)


@router.post("/api/v1/reviews")
async def review(request: Request, opinion: Opinion, user: User) -> JSONResponse:
    """The next reader sees it."""
    written = new(**opinion.model_dump(), user=user)
    await database["reviews"].insert_one(written)
    await cache.forget(opinion.tour)
    return answer(request, 201, review=public(written))


@router.get("/api/v1/tours/{tour}/reviews")
async def reviews(request: Request, tour: str) -> JSONResponse:
    """`cache` says whether Redis knew them."""

    async def find() -> list[Any]:
        return [public(found) for found in await database["reviews"].find({"tour": tour}).to_list(100)]

    found, cached = await cache.remember(tour, find)
    return answer(request, tour=tour, reviews=found, cache=cached)


app = Service("review", router, database, cache)
