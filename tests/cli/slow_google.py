"""`python -m tests.cli.slow_google ENGINE`: the simulated Google, which stops at one creation until it is killed.

It reads the file `pause` in the sandbox's directory: `NAME before` or `NAME after`, for a resource of Google's that is
to be stopped at, and whether it exists by then. It writes `paused` beside it when it has come to that.
"""

import asyncio
import sys

from pulumi.provider.experimental import provider as sdk

from sandbox.home import Home
from sandbox.providers import version
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.plugin import serve

ROOT = Home.locate().root


class SlowGoogle(GcpProvider):
    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        pause = ROOT / "pause"
        name, _, moment = pause.read_text().partition(" ") if pause.exists() else ("", "", "")
        given = request.properties.get("name")
        paused = not request.preview and given is not None and given.value == name
        if paused and moment == "before":
            await self._pause()
        created = await super().create(request)
        if paused:
            await self._pause()
        return created

    async def _pause(self) -> None:
        (ROOT / "paused").touch()
        await asyncio.Event().wait()


if __name__ == "__main__":
    serve(SlowGoogle(), version("gcp"), sys.argv[1:])
