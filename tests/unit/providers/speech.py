"""A provider behind its servicer, spoken to in the protocol's own messages."""

import asyncio
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.provider.experimental.provider import Provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from sandbox.providers.plugin import Servicer

SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]


def secret(value: Any) -> dict[str, Any]:
    """A secret property, as the engine sends it."""
    return {SIGNATURE: SECRET, "value": value}


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as the engine sends them: every number a float."""
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def plain(values: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(values)


class Refused(Exception):  # noqa: N818 - what a context raises to end a call
    """A call that ended with a gRPC status."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


class Context:
    async def abort(self, code: grpc.StatusCode, details: str = "") -> None:
        raise Refused(code, details)


class Spoken:
    """Calls a provider's methods as the engine does."""

    def __init__(self, provider: Provider) -> None:
        self.servicer = Servicer([], "1.2.3", provider, "")

    def call(self, method: str, request: Any) -> Any:
        return asyncio.run(getattr(self.servicer, method)(request, Context()))

    def check(self, urn: str, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Any:
        request = provider_pb2.CheckRequest(urn=urn, news=struct(news), olds=struct(olds or {}), randomSeed=b"seed")
        return self.call("Check", request)

    def create(self, urn: str, inputs: Mapping[str, Any], *, preview: bool = False) -> Any:
        request = provider_pb2.CreateRequest(urn=urn, properties=struct(inputs), preview=preview)
        return self.call("Create", request)

    def diff(
        self, urn: str, old: Mapping[str, Any], new: Mapping[str, Any], state: Mapping[str, Any] | None = None
    ) -> Any:
        request = provider_pb2.DiffRequest(
            id="id", urn=urn, old_inputs=struct(old), news=struct(new), olds=struct(state or old)
        )
        return self.call("Diff", request)


def urn(token: str, name: str = "web") -> str:
    return f"urn:pulumi:dev::project::{token}::{name}"
