import base64
import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.redaction import SECRET, SIGNATURE, Redaction

TOKEN = "ghp-canary"


def learned(properties: dict[str, Any]) -> Redaction:
    request = provider_pb2.CreateRequest()
    request.properties.update(properties)
    redaction = Redaction()
    redaction.learn(request)
    return redaction


def secret(value: object) -> dict[str, object]:
    return {SIGNATURE: SECRET, "value": value}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "value",
    [TOKEN, encoded(TOKEN), json.dumps({"auths": {"ghcr.io": {"password": TOKEN}}}), [TOKEN], {"password": TOKEN}],
)
@pytest.mark.parametrize("shown", [TOKEN, encoded(TOKEN)])
def test_a_secret_is_hidden_however_it_was_given_and_is_shown(value: object, shown: str) -> None:
    assert learned({"data": secret(value)}).apply(f"refused: {shown}!") == "refused: [secret]!"


def test_a_name_that_a_secret_document_mentions_is_shown_when_it_is_also_given_in_plain() -> None:
    document = json.dumps({"current-context": "gke-webapp-dev", "token": TOKEN})
    redaction = learned({"kubeconfig": secret(document), "metadata": {"namespace": "gke-webapp-dev"}})
    assert redaction.apply(f"gke-webapp-dev/pod {TOKEN}") == "gke-webapp-dev/pod [secret]"


def test_a_secret_is_hidden_even_when_it_is_also_given_in_plain() -> None:
    assert learned({"data": secret(TOKEN), "leaked": TOKEN}).apply(TOKEN) == "[secret]"


def test_words_too_short_to_tell_are_left_alone() -> None:
    assert learned({"data": secret("true")}).apply("true") == "true"
