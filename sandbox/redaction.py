"""Keeps secrets out of texts that people read."""

import base64
import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime import rpc

SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]

SHORTEST = 6
"""Characters. Shorter secrets are left alone: they would blank out ordinary words and numbers."""


class Redaction:
    """Remembers every secret string, also in base64 and inside JSON documents.

    A string inside a document that is also given in plain, such as the name of a cluster, is no secret.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._inner: set[str] = set()
        self._plain: set[str] = set()

    def hide(self, secret: str) -> None:
        """Remember a secret."""
        texts = _decoded(secret)
        self._secrets.update(_spellings(texts))
        self._inner.update(_spellings(inner for text in texts for inner in _inside(text)))

    def show(self, text: str) -> None:
        """Remember that the text, and what is in it, is no secret."""
        self._plain.update([text, *_inside(text)])

    def learn(self, request: Any) -> None:
        """Remember the secrets in any property of a provider request."""
        for field, value in request.ListFields():
            if field.message_type is not None and field.message_type.full_name == Struct.DESCRIPTOR.full_name:
                for item in value.fields.values():
                    self._learn(item, secret=False)

    def apply(self, text: str) -> str:
        """The text with `[secret]` in place of every secret."""
        for secret in sorted(self._secrets | (self._inner - self._plain), key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return text

    def _learn(self, value: Value, *, secret: bool) -> None:
        kind = value.WhichOneof("kind")
        if kind == "struct_value":
            fields = value.struct_value.fields
            marked = SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET
            for item in [fields["value"]] if marked else fields.values():
                self._learn(item, secret=secret or marked)
        elif kind == "list_value":
            for item in value.list_value.values:
                self._learn(item, secret=secret)
        elif kind == "string_value" and secret:
            self.hide(value.string_value)
        elif kind == "string_value":
            self.show(value.string_value)


def _decoded(secret: str) -> list[str]:
    """The secret, and what it is the base64 of."""
    with contextlib.suppress(ValueError):
        return [secret, base64.b64decode(secret, validate=True).decode()]
    return [secret]


def _spellings(texts: Iterable[str]) -> Iterator[str]:
    """Each text that is long enough to tell, and its base64."""
    for text in texts:
        if len(text) >= SHORTEST:
            yield text
            yield base64.b64encode(text.encode()).decode()


def _inside(text: str) -> Iterator[str]:
    """The strings of the JSON document that the text is, if it is one."""
    with contextlib.suppress(json.JSONDecodeError):
        yield from _strings(json.loads(text)) if text.lstrip().startswith(("{", "[")) else ()


def _strings(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for item in document.values() if isinstance(document, dict) else document:
            yield from _strings(item)
