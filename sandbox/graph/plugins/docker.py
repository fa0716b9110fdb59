"""A stand-in for Pulumi's Docker provider: images that nobody builds."""

from contextlib import chdir
from pathlib import Path

from pulumi.provider.experimental.provider import CheckRequest, CheckResponse

from sandbox.providers.docker.image import Build, mistakes, with_defaults
from sandbox.providers.docker.provider import DockerProvider
from sandbox.providers.values import UNKNOWN, decode, encode

DIGEST = f"sha256:{'0' * 64}"
"""The digest of every image."""


class Docker(DockerProvider):
    """Checks and compares as the sandbox's own provider does; `directory` is what relative paths start from."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    async def check(self, request: CheckRequest) -> CheckResponse:
        # Nothing else runs in this process meanwhile.
        with chdir(self._directory):
            inputs = with_defaults(decode(request.new_inputs))
            return CheckResponse(encode(inputs, request.new_inputs), list(mistakes(inputs)))

    def _build(self, build: Build, preview: bool) -> str:
        if preview:
            return UNKNOWN
        return f"{build.repository}@{DIGEST}" if build.push else DIGEST
