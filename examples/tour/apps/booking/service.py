"""Bookings: stored and announced; paid or expired, whichever is told first."""

from chassis.database import Database, new, public
from chassis.events import Event, Events
from chassis.service import Service, answer
from chassis.store import Cache
from chassis.tokens import User, Visitor
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

router = APIRouter()
database, cache, events = Database(), Cache(), Events("booking")


class Order(BaseModel):
    """What somebody wants to book."""

    tour: str = Field(max_length=64)
    seats: int = Field(default=1, ge=1, le=10)


@router.post("/api/v1/bookings")
async def book(request: Request, order: Order, user: User) -> JSONResponse:
    """Holds the seats until they are paid, or the time for that is over."""
    booking = new(**order.model_dump(), user=user, status="created")
    await database["bookings"].insert_one(booking)
    await events.publish("booking:created", {"id": booking["_id"], "user": user})
    return answer(request, 201, booking=public(booking))


@router.get("/api/v1/bookings")
async def own(request: Request, visitor: Visitor) -> JSONResponse:
    """A stranger has none."""
    found = await database["bookings"].find({"user": visitor}).to_list(100)
    return answer(request, bookings=[public(booking) for booking in found])


@router.get("/api/v1/bookings/{booking}")
async def show(request: Request, booking: str) -> JSONResponse:
    """Whoever knows the id may see it; null when there is none."""
    found, cached = await cache.remember(booking, lambda: database["bookings"].find_one({"_id": booking}))
    return answer(request, booking=public(found), cache=cached)


@router.get("/api/v1/tours/{tour}/bookings")
async def booked(request: Request, tour: str) -> JSONResponse:
    """How many seats of a tour are taken."""
    found = await database["bookings"].find({"tour": tour, "status": {"$ne": "expired"}}).to_list(1000)
    return answer(request, tour=tour, seats=sum(booking["seats"] for booking in found))


@events.on("payment:created")
async def paid(event: Event) -> None:
    await _settle(event["id"], "paid")


@events.on("expiration:complete")
async def expired(event: Event) -> None:
    await _settle(event["id"], "expired")


async def _settle(booking: str, status: str) -> None:
    await database["bookings"].update_one({"_id": booking, "status": "created"}, {"$set": {"status": status}})
    await cache.forget(booking)


app = Service("booking", router, database, cache, events)
