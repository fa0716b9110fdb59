"""The Google resource types that are simulated, one entry each.

Beside the SDK's documentation, which `inputs.json` is made of, the tables follow the published provider 10.1.1.
"""

from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import artifactregistry, certificatemanager, compute, container, dns, iam, storage

TYPES: dict[str, ResourceType] = {
    **compute.TYPES,
    **certificatemanager.TYPES,
    **container.TYPES,
    **iam.TYPES,
    **dns.TYPES,
    **artifactregistry.TYPES,
    **storage.TYPES,
}
"""By Pulumi type token."""
