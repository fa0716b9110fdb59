"""MongoDB, Redis and NATS in memory: as much of each as the services use."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pymongo.errors import DuplicateKeyError

Document = dict[str, Any]
Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


class Collection:
    """Filters by equality and `$ne`; changes by `$set` and `$setOnInsert`."""

    def __init__(self, unique: str | None) -> None:
        self.documents: dict[str, Document] = {}
        self._unique = unique

    async def insert_one(self, document: Document) -> None:
        field = self._unique
        if field and any(kept[field] == document[field] for kept in self.documents.values()):
            raise DuplicateKeyError("taken")
        self.documents[document["_id"]] = document

    async def find_one(self, wanted: Document) -> Document | None:
        return next(iter(self._matching(wanted)), None)

    async def update_one(self, wanted: Document, change: Document, *, upsert: bool = False) -> None:
        for found in self._matching(wanted)[:1]:
            found.update(change.get("$set", {}))
            return
        if upsert:
            self.documents[wanted["_id"]] = {**wanted, **change.get("$setOnInsert", {})}

    async def find_one_and_update(self, wanted: Document, change: Document, **_: Any) -> Document | None:
        found = await self.find_one(wanted)
        await self.update_one(wanted, change)
        return found

    def find(self, wanted: Document) -> "Cursor":
        return Cursor(self._matching(wanted))

    def _matching(self, wanted: Document) -> list[Document]:
        return [document for document in self.documents.values() if _matches(document, wanted)]


class Cursor:
    """What `find` gives."""

    def __init__(self, found: list[Document]) -> None:
        self._found = found

    async def to_list(self, length: int) -> list[Document]:
        return self._found[:length]


def _matches(document: Document, wanted: Document) -> bool:
    def agrees(value: Any, asked: Any) -> bool:
        return value != asked["$ne"] if isinstance(asked, dict) else value == asked

    return all(agrees(document.get(field), asked) for field, asked in wanted.items())


class Database:
    """In the place of chassis.database.Database."""

    def __init__(self, *, unique: Mapping[str, str] | None = None, seed: object = None) -> None:
        self._collections: dict[str, Collection] = {}
        self._unique = unique or {}
        self.seed = seed

    def __getitem__(self, name: str) -> Collection:
        return self._collections.setdefault(name, Collection(self._unique.get(name)))


class Redis:
    """In the place of redis.asyncio.Redis; nothing runs out."""

    def __init__(self, **_: Any) -> None:
        self.values: dict[str, str] = {}
        self.sorted: defaultdict[str, dict[str, float]] = defaultdict(dict)

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def set(self, key: str, value: str, ex: int) -> None:
        assert ex > 0
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def zadd(self, key: str, scores: Mapping[str, float], *, nx: bool) -> None:
        assert nx
        self.sorted[key] = {**scores, **self.sorted[key]}

    async def zrangebyscore(self, key: str, start: float, end: float) -> list[str]:
        return [member for member, score in self.sorted[key].items() if start <= score <= end]

    async def zrem(self, key: str, member: str) -> None:
        self.sorted[key].pop(member, None)


class Events:
    """In the place of chassis.events.Events: `published` holds what a service told, `tell` tells it something."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.published: list[tuple[str, Mapping[str, Any]]] = []
        self.handlers: dict[str, Handler] = {}

    def on(self, subject: str) -> Callable[[Handler], Handler]:
        def handled(handler: Handler) -> Handler:
            self.handlers[subject] = handler
            return handler

        return handled

    async def publish(self, subject: str, event: Mapping[str, Any]) -> None:
        self.published.append((subject, event))

    async def tell(self, subject: str, **event: Any) -> None:
        await self.handlers[subject](event)
