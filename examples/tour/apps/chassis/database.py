"""MongoDB: what a service owns."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from chassis.environment import required

Document = dict[str, Any]


class Database:
    """The database in $MONGO_URI, such as `mongodb://review-mongo:27017/review`."""

    def __init__(
        self, *, unique: Mapping[str, str] | None = None, seed: Mapping[str, Sequence[Document]] | None = None
    ) -> None:
        """`unique` is a field by collection; `seed` are documents that are there from the start."""
        self._unique, self._seed = unique or {}, seed or {}
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(
            required("MONGO_URI"), serverSelectionTimeoutMS=2000, connectTimeoutMS=2000
        )
        self._database = self._client.get_default_database()

    def __getitem__(self, collection: str) -> AsyncCollection[Document]:
        return self._database[collection]

    async def open(self) -> None:
        for collection, field in self._unique.items():
            await self[collection].create_index(field, unique=True)
        for collection, documents in self._seed.items():
            for document in documents:
                await self[collection].update_one({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)

    async def ping(self) -> None:
        await self._database.command("ping")

    async def close(self) -> None:
        await self._client.close()


def new(**fields: Any) -> Document:
    """A document with an id that cannot be guessed."""
    return {"_id": secrets.token_hex(12), **fields}


def public(document: Document | None) -> Document | None:
    """As it is shown; with `id`, without the database's own spelling of it."""
    return document and {"id": document["_id"], **{key: value for key, value in document.items() if key != "_id"}}
