"""Tours: what there is to book."""

from chassis.database import Database, new, public
from chassis.service import Service, answer
from chassis.tokens import User
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

SEED = [
    {"_id": "1", "name": "Old town on foot", "price": 20},
    {"_id": "2", "name": "The river by night", "price": 45},
    {"_id": "3", "name": "Vineyards by bicycle", "price": 60},
]

router = APIRouter()
database = Database(seed={"tours": SEED})


class Offer(BaseModel):
    """A tour that is not there yet; `price` in whole euros."""

    name: str = Field(max_length=100)
    price: int = Field(gt=0)


@router.get("/api/v1/tours")
async def tours(request: Request) -> JSONResponse:
    """All of them, by name."""
    found = await database["tours"].find().sort("name").to_list(100)
    return answer(request, tours=[public(tour) for tour in found])


@router.get("/api/v1/tours/{tour}")
async def show(request: Request, tour: str) -> JSONResponse:
    """Null when there is none."""
    return answer(request, tour=public(await database["tours"].find_one({"_id": tour})))


@router.post("/api/v1/admin/tours")
async def offer(request: Request, offered: Offer, user: User) -> JSONResponse:
    """Everyone who has logged in may: the example knows no roles."""
    tour = new(**offered.model_dump(), user=user)
    await database["tours"].insert_one(tour)
    return answer(request, 201, tour=public(tour))


app = Service("tour", router, database)
