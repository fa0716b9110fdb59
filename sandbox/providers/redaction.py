"""Keeps secrets out of texts that people read."""

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime import rpc

SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]

SHORTEST = 6
"""Characters. Shorter secrets are left alone: they would blank out ordinary words and numbers."""


class Redaction:
    """Remembers every secret string seen in requests, also in base64 and inside JSON documents."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def learn(self, request: Any) -> None:
        """Remember the secrets in any property of a provider request."""
        for field, value in request.ListFields():
            if field.message_type is not None and field.message_type.full_name == Struct.DESCRIPTOR.full_name:
                for item in value.fields.values():
                    self._secrets.update(_secrets(item, inside=False))

    def apply(self, text: str) -> str:
        """The text with `[secret]` in place of every secret."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return text


def _secrets(value: Value, *, inside: bool) -> Iterator[str]:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        marked = SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET
        items = [fields["value"]] if marked else list(fields.values())
        for item in items:
            yield from _secrets(item, inside=inside or marked)
    elif kind == "list_value":
        for item in value.list_value.values:
            yield from _secrets(item, inside=inside)
    elif kind == "string_value" and inside:
        yield from _spellings(value.string_value)


def _spellings(secret: str) -> Iterator[str]:
    """The secret, its base64, what it is the base64 of, and the strings of the JSON document it is."""
    texts = [secret]
    with contextlib.suppress(ValueError):
        texts.append(base64.b64decode(secret, validate=True).decode())
    for text in list(texts):
        if text.lstrip().startswith("{"):
            try:
                texts.extend(_strings(json.loads(text)))
            except json.JSONDecodeError:
                continue
    for text in texts:
        if len(text) >= SHORTEST:
            yield text
            yield base64.b64encode(text.encode()).decode()


def _strings(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for item in document.values() if isinstance(document, dict) else document:
            yield from _strings(item)
