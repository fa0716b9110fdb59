"""Domain names that a Google-managed certificate can be issued for."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from settings.mistake import SettingError

LIMIT = 63
"""Characters; ManagedCertificate, `spec.domains[]`."""

PATTERN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])"


def _possible(domain: str) -> str:
    if domain.startswith("*."):
        raise SettingError(
            "A managed certificate has no wildcards, so HTTPS would never work.", "List each host by name."
        )
    if len(domain) > LIMIT:
        raise SettingError(
            f"It has {len(domain)} characters, so Google would issue no certificate.",
            f"Write a domain of at most {LIMIT} characters.",
        )
    if not re.fullmatch(PATTERN, domain):
        raise SettingError(
            "No host can have this name, so neither the DNS record nor the certificate could exist.",
            "Write a full host name in lower case, such as app.example.com, without scheme, port or path.",
        )
    return domain


Domain = Annotated[
    str,
    AfterValidator(_possible),
    WithJsonSchema({"type": "string", "maxLength": LIMIT, "pattern": f"^{PATTERN}$"}),
]
