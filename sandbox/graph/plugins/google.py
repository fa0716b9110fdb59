"""A stand-in for Pulumi's Google provider: the simulated Google, on a record that is thrown away."""

import hashlib
import json
import re

from pulumi.provider.experimental import provider as sdk

from sandbox.errors import SandboxError
from sandbox.graph.property import UNKNOWN, transform
from sandbox.providers.gcp.inputs import place
from sandbox.providers.gcp.passthrough import COMPUTED
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import TYPES
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

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        """A resource that others made, which is taken to be there."""
        found = await super().read(request)
        token = request.type.rpartition("$")[2]
        if found.resource_id or token not in TYPES:
            return found
        outputs = decode(request.properties) | _identity(TYPES[token], request.resource_id)
        for path in TYPES[token].computed:
            place(outputs, path, COMPUTED)
        return sdk.ReadResponse(request.resource_id, encode(outputs, request.properties), request.inputs)


def _identity(kind: ResourceType, resource_id: str) -> dict[str, str]:
    """The inputs that a resource's id tells: name, project, location and the like."""
    keys = re.split(r"\{(\w+)\}", kind.id or kind.name)
    pattern = "".join(f"(?P<{key}>.+)" if number % 2 else re.escape(key) for number, key in enumerate(keys))
    found = re.fullmatch(pattern, resource_id)
    return found.groupdict() if found else {}
