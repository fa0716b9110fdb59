"""Nodes can sign in to the registry, and nobody can read how."""

import base64
import json

import pulumi

from components.pull_secret import PullSecret
from settings.credential import Credential
from tests.unit.recording import CANARY, Resource, record


def made() -> Resource:
    def program() -> None:
        credential = Credential("ghcr.io", "example", pulumi.Output.secret(CANARY))
        PullSecret("s", {"name": "regcred", "namespace": "app", "credential": credential})

    return record(program).one("Secret")


def test_it_is_the_login_of_one_registry() -> None:
    secret = made()
    assert secret.inputs["type"] == "kubernetes.io/dockerconfigjson"
    assert secret.inputs["metadata"] == {"name": "regcred", "namespace": "app"}
    (registry, login), *others = json.loads(base64.b64decode(secret.inputs["data"][".dockerconfigjson"]))[
        "auths"
    ].items()
    assert (registry, others) == ("ghcr.io", [])
    assert (login["username"], login["password"]) == ("example", CANARY)
    assert base64.b64decode(login["auth"]).decode() == f"example:{CANARY}"


def test_its_content_is_secret_going_in_and_coming_back() -> None:
    secret = made()
    assert secret.sealed["data"] == "[secret]"
