"""What the app may do in its Google Cloud project."""

import re
from typing import Annotated

from pydantic import AfterValidator

from settings.mistake import SettingError

_ROLE = r"(roles|(projects|organizations)/[a-z0-9-]+/roles)/[A-Za-z0-9_.]+"
_BASIC = {"roles/owner", "roles/editor", "roles/viewer"}
"""IAM's basic roles: over everything in a project."""


def _grantable(roles: tuple[str, ...]) -> tuple[str, ...]:
    if refused := [role for role in roles if not re.fullmatch(_ROLE, role)]:
        raise SettingError(
            f"{', '.join(refused)}: IAM knows no role of such a name.",
            "Write roles/NAME, such as roles/storage.objectViewer.",
        )
    if basic := sorted({*roles} & _BASIC):
        raise SettingError(
            f"{', '.join(basic)}: whoever takes over the app would take over the project.",
            "Name roles for what the app does, such as roles/storage.objectViewer.",
        )
    if len({*roles}) < len(roles):
        raise SettingError("A role is listed twice, so names would collide.", "List each role once.")
    return roles


GoogleRoles = Annotated[tuple[str, ...], AfterValidator(_grantable)]
"""Names of IAM roles."""
