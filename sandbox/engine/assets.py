"""Assets and archives: files whose content is a property. Their hash tells whether they changed.

(pulumi/pulumi: sdk/go/common/resource/asset, sdk/go/common/resource/archive)
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.engine.property import ARCHIVE, ASSET, SIGNATURE, Properties, Value, signature, transform
from sandbox.errors import SandboxError


def hashed(properties: Properties) -> Properties:
    """The properties with the hash of every asset and archive in them. Paths are relative to the program."""
    return transform(properties, _hashed)


def _hashed(value: Value) -> Value:
    if signature(value) == ASSET:
        content = value["text"].encode() if "text" in value else _file(value).read_bytes()
        return {**value, "hash": hashlib.sha256(content).hexdigest()}
    if signature(value) == ARCHIVE:
        digest = hashlib.sha256()
        for name, part in sorted(_parts(value)):
            digest.update(f"{name}\0{part}\n".encode())
        return {**value, "hash": digest.hexdigest()}
    return value


def _parts(archive: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and hashes of what an archive holds."""
    if "assets" in archive:
        yield from ((name, asset["hash"]) for name, asset in archive["assets"].items())
        return
    path = _file(archive)
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            yield file.relative_to(path).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()


def _file(value: dict[str, Any]) -> Path:
    if "path" not in value:
        kind = "archives" if value[SIGNATURE] == ARCHIVE else "assets"
        raise SandboxError(
            f"The sandbox's engine does not implement remote {kind} ({value.get('uri')}). The resource was not "
            "touched. Fetch the file and use its path."
        )
    path = Path(value["path"])
    if not path.exists():
        raise SandboxError(f"{path.absolute()} does not exist, but the program uses it as an asset. Correct its path.")
    return path
