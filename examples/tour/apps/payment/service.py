"""Payments: one is due for each booking, until that is paid or has expired."""

from chassis.database import Database, public
from chassis.events import Event, Events
from chassis.service import Service, answer
from chassis.tokens import User, Visitor
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pymongo import ReturnDocument

router = APIRouter()
database, events = Database(), Events("payment")


class Payment(BaseModel):
    """Which booking is paid."""

    booking: str


@router.post("/api/v1/payments")
async def pay(request: Request, payment: Payment, user: User) -> JSONResponse:
    """Only the one who booked can, and only once."""
    due = {"_id": payment.booking, "user": user, "status": "due"}
    change = {"$set": {"status": "paid"}}
    paid = await database["payments"].find_one_and_update(due, change, return_document=ReturnDocument.AFTER)
    if paid is None:
        raise HTTPException(409, f"{payment.booking} has no payment of yours due: it is paid, expired or unknown.")
    await events.publish("payment:created", {"id": payment.booking})
    return answer(request, 201, payment=public(paid))


@router.get("/api/v1/payments")
async def own(request: Request, visitor: Visitor) -> JSONResponse:
    """A stranger has none."""
    found = await database["payments"].find({"user": visitor}).to_list(100)
    return answer(request, payments=[public(payment) for payment in found])


@events.on("booking:created")
async def owe(event: Event) -> None:
    due = {"user": event["user"], "status": "due"}
    await database["payments"].update_one({"_id": event["id"]}, {"$setOnInsert": due}, upsert=True)


@events.on("expiration:complete")
async def waive(event: Event) -> None:
    await database["payments"].update_one({"_id": event["id"], "status": "due"}, {"$set": {"status": "expired"}})


app = Service("payment", router, database, events)
