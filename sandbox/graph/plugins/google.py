"""A stand-in for Pulumi's Google provider: the simulated Google, on a record that is thrown away."""

import hashlib
import json

from pulumi.provider.experimental import provider as sdk

from sandbox.errors import SandboxError
from sandbox.graph.property import UNKNOWN, transform
from sandbox.providers.gcp.passthrough import COMPUTED
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.values import decode, encode


class Google(GcpProvider):
    """Checks and compares as the sandbox's own provider does; generated names are the same in every evaluation."""

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        inputs = json.dumps(decode(request.new_inputs), sort_keys=True)
        request.random_seed = hashlib.sha256(f"{request.urn} {inputs}".encode()).digest()
        return await super().check(request)

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        try:
            return await super().create(request)
        except SandboxError:
            # It refers to something that this program does not make, such as a DNS zone of others.
            request.preview = True
            previewed = await super().create(request)
            made = transform(decode(previewed.properties), lambda part: COMPUTED if part == UNKNOWN else part)
            return sdk.CreateResponse(request.urn.rpartition("::")[2], encode(made, request.properties))
