"""The clocks of bookings: kept in Redis, and told of when they have run out. No route leads here."""

import os
import time

from chassis.events import Event, Events
from chassis.schedule import Every
from chassis.service import Service
from chassis.store import Store
from fastapi import APIRouter

DELAY = float(os.environ.get("EXPIRATION_SECONDS", "900"))
"""From a booking to its end."""

CLOCKS = "clocks"

store, events = Store(), Events("expiration")


@events.on("booking:created")
async def start(event: Event) -> None:
    """One that is told of again goes on as before."""
    await store.redis.zadd(CLOCKS, {event["id"]: time.time() + DELAY}, nx=True)


async def ring() -> None:
    """Tell of each that has run out: rather twice than never."""
    for booking in await store.redis.zrangebyscore(CLOCKS, 0, time.time()):
        await events.publish("expiration:complete", {"id": booking})
        await store.redis.zrem(CLOCKS, str(booking))


app = Service("expiration", APIRouter(), store, events, Every(0.5, ring))
