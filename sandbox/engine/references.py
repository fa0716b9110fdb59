"""References to other stacks: the package `pulumi`, which the engine itself provides."""

from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2

from sandbox.engine import urn as urns
from sandbox.engine.plugins import ProviderError
from sandbox.engine.program import Log
from sandbox.engine.property import UNKNOWN, Properties, contains_secret, from_struct, to_struct
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import StateFile
from sandbox.errors import SandboxError


class StackReferences:
    """A plugin that reads the outputs of the stacks whose state is `<project>/<stack>.json` in a directory.

    All of them are encrypted with one passphrase. A preview takes the outputs of a stack that is not there as unknown,
    so that every stack can be previewed alone. (pulumi/pulumi: pkg/resource/deploy/builtins.go, which refuses it)
    """

    def __init__(self, directory: Path, project: str, passphrase: str) -> None:
        self._directory = directory
        self._project = project
        self._passphrase = passphrase
        self.preview = False
        self.log: Log = lambda _severity, _message: None

    def call(self, method: str, request: Any) -> Any:
        """The response. Raises ProviderError for a method that a stack reference does not need."""
        match method:
            case "Configure":
                return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, supportsPreview=True)
            case "Read":
                name = str(from_struct(request.properties).get("name") or request.id)
                outputs = to_struct(self._read(name))
                return provider_pb2.ReadResponse(id=request.id, inputs=to_struct({"name": name}), properties=outputs)
            case _:
                raise ProviderError(grpc.StatusCode.UNIMPLEMENTED, f"The package pulumi does not implement {method}.")

    def close(self) -> None:
        """Nothing is held open."""

    def _read(self, name: str) -> Properties:
        path, stacks = self._find(name)
        if path is None and self.preview:
            self.log("warning", f"There is no stack {name!r} yet, so what it hands over is unknown.")
            return {"name": name, "outputs": UNKNOWN, "secretOutputNames": UNKNOWN}
        if path is None:
            raise SandboxError(
                f"There is no stack {name!r} to refer to, so its outputs cannot be read. Bring it up first, or correct "
                f"the name: stack, project/stack or organization/project/stack. There are: {stacks or 'none'}."
            )
        outputs = outputs_of(StateFile(path, self._passphrase).load(settle=False))
        secret = sorted(key for key, value in outputs.items() if contains_secret(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secret}

    def _find(self, name: str) -> tuple[Path | None, str]:
        """The state of `stack`, of this project, `project/stack` or `organization/project/stack`; and all there are."""
        *above, stack = name.split("/")
        project = above[-1] if above else self._project
        stacks = {(path.parent.name, path.stem): path for path in self._directory.glob("*/*.json")}
        found = stacks.get((project, stack)) if len(above) <= 2 else None
        return found, ", ".join(sorted("/".join(key) for key in stacks))


def outputs_of(snapshot: Snapshot) -> Properties:
    """The outputs of the stack's own resource."""
    resources = {**snapshot.olds, **snapshot.news}.values()
    return next((resource.outputs for resource in resources if resource.type == urns.STACK), {})
