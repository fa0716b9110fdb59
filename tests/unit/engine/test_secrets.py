"""Secrets are encrypted as Pulumi encrypts them, and appear nowhere in plain."""

import base64
import json
from pathlib import Path

import pytest

from sandbox import configuration
from sandbox.engine import secrets
from sandbox.engine.secrets import Passphrase
from sandbox.errors import SandboxError
from sandbox.project import Project
from tests.unit.engine.cloud import Cloud, Stack

CANARY = "canary-4f1d"

ENCRYPTED = Project(Path(__file__).parent / "encrypted")
"""Its stack file was encrypted by the real CLI, release 3.272.0."""


def hidden(text: str) -> None:
    """Fail when the canary can be read in the text, plain or in base64 at any offset."""
    assert CANARY not in text
    for offset in range(3):
        encoded = base64.b64encode(b"x" * offset + CANARY.encode()).decode()
        assert encoded[4 if offset else 0 : -4] not in text


def test_a_stack_file_that_the_real_cli_encrypted_reaches_the_program(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = ENCRYPTED.configuration("dev", {})
    with monkeypatch.context() as patch:
        patch.setattr(secrets, "ITERATIONS", 1_000_000)
        passphrase = Passphrase("an example passphrase", configured.salt)
        stack.config, stack.secret_keys = configuration.for_program(configured, passphrase.decrypt)
    result = stack.up("""
        config = pulumi.Config("encrypted")
        pulumi.export("plain", config.require("plain"))
        pulumi.export("token", config.require_secret("token"))
        pulumi.export("database", config.require_secret_object("database"))
        pulumi.export("keys", config.require_secret_object("keys"))
    """)
    assert result.outputs == {"plain": "in plain", "token": "[secret]", "database": "[secret]", "keys": "[secret]"}
    assert stack.engine().outputs(show_secrets=True) == {
        "plain": "in plain",
        "token": "dummy text: grüße",
        "database": {"user": "reader", "password": "dummy password"},
        "keys": ["first dummy"],
    }
    assert "dummy" not in stack.state.read_text()


@pytest.mark.usefixtures("stack")
def test_what_is_encrypted_is_decrypted_with_the_salt_that_goes_with_it() -> None:
    passphrase = Passphrase("p")
    sealed = passphrase.encrypt(CANARY)
    hidden(sealed + passphrase.salt_state)
    assert Passphrase("p", passphrase.salt_state).decrypt(sealed) == CANARY


@pytest.mark.usefixtures("stack")
def test_one_text_encrypted_twice_differs_but_at_one_place_it_stays() -> None:
    passphrase = Passphrase("p")
    assert passphrase.encrypt("x") != passphrase.encrypt("x")
    assert passphrase.encrypt("x", "here") == passphrase.encrypt("x", "here")
    assert passphrase.encrypt("x", "here") != passphrase.encrypt("x", "there")


@pytest.mark.usefixtures("stack")
def test_a_wrong_passphrase_and_a_damaged_secret_are_told_apart() -> None:
    right = Passphrase("right")
    sealed = right.encrypt("x")
    with pytest.raises(SandboxError, match="passphrase does not fit"):
        Passphrase("wrong", right.salt_state).decrypt(sealed)
    with pytest.raises(SandboxError, match="cannot be decrypted"):
        right.decrypt(sealed[:-8] + "AAAAAAA=")


@pytest.mark.parametrize("accepts", [True, False], ids=["provider takes secrets", "provider knows no secrets"])
@pytest.mark.parametrize("kind", ["Thing", "Vague"])
def test_a_secret_is_in_no_output_diff_event_journal_or_state(
    stack: Stack, cloud: Cloud, accepts: bool, kind: str
) -> None:
    cloud.accepts_secrets = accepts
    program = f"""
        secret = pulumi.Output.secret("{CANARY}{{number}}")
        mine = FakeProvider("mine", key=secret)
        options = ResourceOptions(provider=mine)
        direct = Thing("direct", type="{kind}", value=secret, opts=options)
        Thing("nested", type="{kind}", value={{{{"deep": [secret], "plain": 1}}}}, opts=options)
        Thing("derived", type="{kind}", value=direct.value, opts=options)
        Thing("broken", type="{kind}", value=secret, unready="not ready", opts=options)
        pulumi.export("secret", secret)
        pulumi.export("through", direct.value)
    """
    journals: list[str] = []
    journal = stack.state.with_suffix(".journal")
    cloud.on_call = lambda _method, _name: journals.append(journal.read_text() if journal.exists() else "")
    for number in (1, 2):
        result = stack.up(program.format(number=number), fails=True)
        assert result.outputs == {"secret": "[secret]", "through": "[secret]"}
        hidden(repr(result) + repr(stack.events))
        hidden(stack.state.read_text())
    assert cloud.objects["derived"]["value"] == f"{CANARY}2"
    assert cloud.objects["nested"]["value"]["deep"] == [f"{CANARY}2"]
    assert any('"begin"' in text for text in journals)
    for text in journals:
        hidden(text)
    hidden(repr(stack.refresh()))
    hidden(stack.state.read_text())
    preview = stack.preview(program.format(number=3))
    hidden(repr(preview) + repr(stack.events))
    assert stack.destroy().ok
    hidden(Path(f"{stack.state}.bak").read_text())


def test_only_the_secret_part_of_a_structure_is_encrypted(stack: Stack) -> None:
    stack.up('Thing("a", value={"open": "sesame", "shut": pulumi.Output.secret("x")})')
    value = stack.resources()["a"]["outputs"]["value"]
    assert value["open"] == "sesame"
    assert set(value["shut"]) == {"4dabf18193072939515e22adb298388d", "ciphertext"}


def test_an_unchanged_secret_keeps_its_ciphertext_when_something_else_changes(stack: Stack) -> None:
    program = """
        Thing("a", value=pulumi.Output.secret("x"))
        Thing("b", value="{}")
    """
    stack.up(program.format(1))
    before = stack.resources()["a"]
    stack.up(program.format(2))
    assert stack.resources()["a"] == before


def test_a_new_state_uses_the_salt_of_the_stack_file(stack: Stack) -> None:
    from sandbox.engine.engine import Engine
    from sandbox.engine.program import Program

    salt = Passphrase("correct horse").salt_state
    stack.write('pulumi.export("x", pulumi.Output.secret(1))')
    program = Program(stack.directory, "project", "test", {}, frozenset())
    Engine(program, stack.state, "correct horse", stack.plugins, stack.events.append, salt).up()
    deployment = json.loads(stack.state.read_text())["deployment"]
    assert deployment["secrets_providers"] == {"type": "passphrase", "state": {"salt": salt}}


@pytest.mark.parametrize(
    "program",
    [
        "print('it is', config.get('{key}'))",
        "pulumi.log.warn(config.get('{key}'))",
        "raise pulumi.RunError(config.get('{key}'))",
        "raise ValueError(config.get('{key}'))",
        "import sys; sys.exit(config.get('{key}'))",
        "Thing('a', value='1', unready=config.get('{key}'))",
    ],
)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text", CANARY),
        ("lines", f"first line\n{CANARY}\n"),
        ("object", json.dumps({"token": CANARY})),
        ("list", json.dumps([CANARY])),
    ],
)
def test_a_secret_of_the_configuration_is_in_no_diagnostic(stack: Stack, key: str, value: str, program: str) -> None:
    stack.config = {f"project:{key}": value, "project:plain": "in plain"}
    stack.secret_keys = frozenset({f"project:{key}"})
    stack.write("config = pulumi.Config()\nprint(config.get('plain'))\n" + program.format(key=key))
    result = stack.engine().up()
    assert result.diagnostics[0].message == "in plain"
    assert any("[secret]" in one.message for one in result.diagnostics)
    hidden(repr(result.diagnostics) + repr(stack.events))


def test_a_part_of_a_secret_object_reaches_no_diagnostic_unless_it_is_given_in_plain_too(stack: Stack) -> None:
    stack.config = {
        "project:database": json.dumps({"user": "reader", "password": CANARY}),
        "project:users": '["reader"]',
    }
    stack.secret_keys = frozenset({"project:database"})
    result = stack.up("""
        database = pulumi.Config().require_object("database")
        print(database["user"], database["password"])
    """)
    assert [one.message for one in result.diagnostics] == ["reader [secret]"]
