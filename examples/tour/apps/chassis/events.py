"""NATS JetStream: what happened, told to every service that has asked for it."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from chassis.environment import required

SUBJECTS = ["booking:created", "expiration:complete", "payment:created"]

Event = Mapping[str, Any]
Handler = Callable[[Event], Awaitable[None]]

RETRY = 2.0
"""Seconds until an event that could not be handled comes again."""

logger = logging.getLogger(__name__)


class Events:
    """The stream $NATS_CLUSTER_ID of the server $NATS_URL.

    Each event reaches one replica of each service, again after a failure, so perhaps twice.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._url, self._stream = required("NATS_URL"), required("NATS_CLUSTER_ID")
        self._client_id = required("NATS_CLIENT_ID")
        self._handlers: dict[str, Handler] = {}
        self._client: Client | None = None
        self._context: JetStreamContext | None = None

    def on(self, subject: str) -> Callable[[Handler], Handler]:
        """Decorates the coroutine that handles events of this subject."""

        def handled(handler: Handler) -> Handler:
            self._handlers[subject] = handler
            return handler

        return handled

    async def publish(self, subject: str, event: Event) -> None:
        """Return once the stream has it. Of those with the same subject and `id` it keeps one."""
        assert self._context, "published before it was open"
        body = json.dumps(event).encode()
        await self._context.publish(subject, body, headers={"Nats-Msg-Id": f"{subject} {event['id']}"})

    async def open(self) -> None:
        if self._client is None:
            self._client = await nats.connect(
                self._url, name=self._client_id, max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=_log
            )
        context = self._client.jetstream()
        await context.add_stream(name=self._stream, subjects=SUBJECTS)
        for subject, handler in self._handlers.items():
            # Names of consumers take no colon everywhere. One of a queue is shared by all replicas.
            durable = f"{self._service}-{subject.replace(':', '-')}"
            await context.subscribe(
                subject, durable, _delivering(handler), durable, stream=self._stream, manual_ack=True
            )
        self._context = context

    async def ping(self) -> None:
        if self._client is None or self._context is None:
            raise ConnectionError("not connected yet")
        await self._client.flush(timeout=1)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.drain()


def _delivering(handler: Handler) -> Callable[[Msg], Awaitable[None]]:
    async def deliver(message: Msg) -> None:
        try:
            await handler(json.loads(message.data))
        except Exception:
            logger.exception("%s %s was not handled and will come again.", message.subject, message.data.decode())
            await message.nak(RETRY)
        else:
            await message.ack()

    return deliver


async def _log(error: Exception) -> None:
    logger.warning("NATS: %r", error)
