"""What the app may do in its Google Cloud project."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.mistake import SettingError

_ROLE = r"(roles|(projects|organizations)/[a-z0-9-]+/roles)/[A-Za-z0-9_.]+"
_BASIC = {"roles/owner", "roles/editor", "roles/viewer"}
"""IAM's basic roles: over everything in a project."""


def _role(role: str) -> str:
    if not re.fullmatch(_ROLE, role):
        raise SettingError("IAM knows no role of such a name.", "Write roles/NAME, such as roles/storage.objectViewer.")
    if role in _BASIC:
        raise SettingError(
            "Whoever takes over the app would take over the project.",
            "Name roles for what the app does, such as roles/storage.objectViewer.",
        )
    return role


GoogleRole = Annotated[str, AfterValidator(_role)]
"""Name of an IAM role."""
