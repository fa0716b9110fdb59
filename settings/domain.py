"""Names of hosts, and those that a Google-managed certificate can be issued for."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from settings.mistake import SettingError

LIMIT = 63
"""Characters; ManagedCertificate, `spec.domains[]`."""

HOST_LIMIT = 253
"""Characters; RFC 1123, which Kubernetes follows for `spec.rules[].host`."""

PATTERN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])"


def possible(host: str) -> str:
    """The host itself; the first label may be a wildcard. Raises SettingError for what is no host's name."""
    labels = host.removeprefix("*.").split(".")
    if not re.fullmatch(rf"(\*\.)?{PATTERN}", host) or len(host) > HOST_LIMIT or max(map(len, labels)) > LIMIT:
        raise SettingError(
            "No host can have this name, so neither the DNS record nor the certificate could exist.",
            "Write a full host name in lower case, such as app.example.com, without scheme, port or path.",
        )
    return host


def certifiable(domain: str) -> str:
    """The domain itself. Raises SettingError when Google would issue no certificate for it."""
    if domain.startswith("*."):
        raise SettingError(
            "A managed certificate has no wildcards, so HTTPS would never work.", "List each host by name."
        )
    if len(domain) > LIMIT:
        raise SettingError(
            f"It has {len(domain)} characters, so Google would issue no certificate.",
            f"Write a domain of at most {LIMIT} characters.",
        )
    return possible(domain)


Host = Annotated[str, AfterValidator(possible), WithJsonSchema({"type": "string", "pattern": rf"^(\*\.)?{PATTERN}$"})]
"""A host, or `*.` and a host for all those one label below it."""

Domain = Annotated[
    str,
    AfterValidator(certifiable),
    WithJsonSchema({"type": "string", "maxLength": LIMIT, "pattern": f"^{PATTERN}$"}),
]
