"""A stack's state file: a Pulumi deployment, format version 3 or 4, as `pulumi stack import` takes it."""

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.engine import journal
from sandbox.engine.journal import Journal
from sandbox.engine.resource import Resource
from sandbox.engine.secrets import Passphrase
from sandbox.engine.snapshot import Begin, Snapshot
from sandbox.errors import SandboxError

VERSION = 3
VERSION_WITH_FEATURES = 4
"""The format's version when it names features that not every engine knows."""

REPLACE_WITH = "replaceWith"
"""The one such feature that this engine implements."""

ENGINE = "v3.272.0"
"""The Pulumi release whose format and semantics these are."""


class StateFile:
    """`<stack>.json`, beside it `<stack>.json.bak` (the one before) and, during an operation, `<stack>.journal`."""

    def __init__(self, path: Path, passphrase: str, salt_state: str | None = None) -> None:
        self.path = path
        self.backup = path.with_name(path.name + ".bak")
        self._journal_path = journal.path_of(path)
        content = _content(path)
        deployment = self._parse(content)
        salt = (deployment.get("secrets_providers") or {}).get("state", {}).get("salt")
        self.passphrase = Passphrase(passphrase, salt or journal.salt(self._journal_path) or salt_state)
        self._written = deployment
        self._base = journal.digest(content)

    def _parse(self, content: bytes) -> dict[str, Any]:
        if not content:
            if self.path.exists():
                raise self._damaged("it is empty")
            return {}
        try:
            document = json.loads(content)
            if document["version"] not in (VERSION, VERSION_WITH_FEATURES):
                raise self._damaged(f"its format version is {document['version']!r} and only 3 and 4 are known")
            features = set(document.get("features") or ()) - {REPLACE_WITH}
            deployment = document["deployment"]
            manifest = deployment["manifest"]
            if manifest["magic"] != _magic(manifest["version"]):
                raise self._damaged("its manifest was changed")
            secrets = (deployment.get("secrets_providers") or {}).get("type") or "passphrase"
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(f"it is no Pulumi deployment: {error!r}") from None
        if features:
            raise SandboxError(
                f"The stack of {self.path} uses {', '.join(sorted(features))}, which the sandbox's engine does not "
                "implement. Nothing was changed. Leave it out of the program, or use the Pulumi CLI: `--engine pulumi`."
            )
        if secrets != "passphrase":
            raise SandboxError(
                f"The secrets in {self.path} are encrypted by {secrets!r}, which the sandbox's engine does not know. "
                "Nothing was changed. Export the stack again after `pulumi stack change-secrets-provider passphrase`."
            )
        return deployment

    def _damaged(self, reason: str) -> SandboxError:
        remedy = (
            f"The last good copy is {self.backup}: copy it over {self.path.name}, then refresh the stack."
            if self.backup.exists()
            else "There is no earlier copy; restore the file from a backup of your own."
        )
        return SandboxError(f"The state file {self.path} is damaged: {reason}. Nothing was changed. {remedy}")

    def load(self, *, settle: bool) -> Snapshot:
        """The stack's resources, with what a killed operation left in its journal.

        `settle` saves that, and ends the journal: only for who holds the stack, since another run may be writing it.
        It refuses a journal that continues neither this state nor, saved but not ended, the one before.
        """
        if settle and journal.base(self._journal_path) not in (None, self._base, journal.digest(_content(self.backup))):
            raise SandboxError(
                f"{self._journal_path} holds what an interrupted run did, but not to the state in {self.path}. Nothing "
                "was changed. Put that state file back; or move the journal away, refresh the stack, and look for what "
                "that run made beyond the state."
            )
        entries: list[dict[str, Any]] = self._written.get("resources") or []
        pending: list[dict[str, Any]] = self._written.get("pending_operations") or []
        try:
            resources = [Resource.from_json(entry, self.passphrase) for entry in entries]
            begun = [Begin(item["type"], Resource.from_json(item["resource"], self.passphrase)) for item in pending]
        except (KeyError, TypeError) as error:
            raise self._damaged(f"an entry of it is incomplete: {error!r}") from None
        self._verify(resources)
        snapshot = Snapshot(resources, begun)
        changes = list(journal.replay(self._journal_path, self._base, self.passphrase))
        for change in changes:
            snapshot.apply(change)
        if settle and changes:
            self.save(snapshot)
        elif settle:
            self._journal_path.unlink(missing_ok=True)
        return Snapshot(snapshot.resources(), snapshot.pending) if changes else snapshot

    def _verify(self, resources: Sequence[Resource]) -> None:
        """Every resource comes after what it needs, and only one entry of a URN is live."""
        seen: set[str] = set()
        live: set[str] = set()
        for resource in resources:
            if missing := sorted(set(resource.needs()) - seen):
                raise self._damaged(f"{resource.urn} needs {missing[0]}, which does not come before it")
            if not resource.delete and resource.urn in live:
                raise self._damaged(f"{resource.urn} is in it twice")
            seen.add(resource.urn)
            if not resource.delete:
                live.add(resource.urn)

    def journal(self) -> Journal:
        """The journal of the operation that starts now."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return Journal(self._journal_path, self._base, self.passphrase)

    def save(self, snapshot: Snapshot) -> bool:
        """Write the snapshot, whole or not at all, and end the journal. False when the file says the same already."""
        resources = [resource.to_json(self.passphrase) for resource in snapshot.resources()]
        pending = [
            {"resource": begun.resource.to_json(self.passphrase), "type": begun.operation} for begun in snapshot.pending
        ]
        changed = not _same(resources, self._written.get("resources") or []) or pending != (
            self._written.get("pending_operations") or []
        )
        if changed:
            self._write(resources, pending)
        self._journal_path.unlink(missing_ok=True)
        return changed

    def _write(self, resources: list[dict[str, Any]], pending: list[dict[str, Any]]) -> None:
        deployment: dict[str, Any] = {
            **{key: value for key, value in self._written.items() if key not in ("resources", "pending_operations")},
            "manifest": {"time": now(), "magic": _magic(ENGINE), "version": ENGINE},
            "secrets_providers": {"type": "passphrase", "state": {"salt": self.passphrase.salt_state}},
            "resources": resources,
            "pending_operations": pending,
        }
        featured = any(REPLACE_WITH in entry for entry in resources)
        version = {"version": VERSION_WITH_FEATURES, "features": [REPLACE_WITH]} if featured else {"version": VERSION}
        content = json.dumps({**version, "deployment": deployment}, indent=4).encode()
        try:
            _replace(self.path, content, self.backup)
        except OSError as error:
            raise SandboxError(
                f"The state could not be written to {self.path}: {error.strerror}. The state before this operation is "
                "whole, and what was done since is in the journal beside it. Make room, then run the same again."
            ) from error
        self._written = deployment
        self._base = journal.digest(content)


def _content(path: Path) -> bytes:
    """What is in the file; nothing when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _same(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> bool:
    """Whether both hold the same entries; their order follows the program's timing and says nothing."""

    def keyed(entries: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {(entry["urn"], entry.get("id"), entry.get("delete")): entry for entry in entries}

    return len(left) == len(right) and keyed(left) == keyed(right)


def _replace(path: Path, content: bytes, backup: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if path.exists():
            link = path.with_name(path.name + ".link")
            link.unlink(missing_ok=True)
            link.hardlink_to(path)
            link.replace(backup)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _magic(version: str) -> str:
    return hashlib.sha256(version.encode()).hexdigest() if version else ""


def now() -> str:
    """The time as the format spells it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
