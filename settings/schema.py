"""JSON Schema of a stack file, for editors and CI."""

import json
from typing import Any

from settings.naming import APPLICATION
from settings.stack import Settings
from settings.stack_configuration import SECRET_VARIABLES, SECRETS
from settings.unread_keys import PULUMI, STACK_FILE

_ENCRYPTED = {
    "type": "object",
    "required": ["secure"],
    "additionalProperties": False,
    "properties": {"secure": {"type": "string"}},
}


def schema() -> dict[str, Any]:
    """The schema of `Pulumi.<stack>.yaml`."""
    models = Settings.model_json_schema(by_alias=True)
    definitions = models.pop("$defs")
    # Its default is the name of the stack, which the file does not hold.
    required = [f"{APPLICATION}:{key}" for key in models["required"] if key != "environment"]
    keys = {
        **models["properties"],
        **{
            key: {
                **_ENCRYPTED,
                "description": f"Encrypted: `pulumi config set --secret {APPLICATION}:{key}`.",
            }
            for key in SECRETS
        },
        SECRET_VARIABLES: {
            "type": "object",
            "additionalProperties": _ENCRYPTED,
            "description": "Environment variables of the app, encrypted: "
            f"`pulumi config set --secret --path {APPLICATION}:{SECRET_VARIABLES}.NAME`.",
        },
    }
    properties = {f"{APPLICATION}:{key}": value for key, value in keys.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Stack file of {APPLICATION}",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": required,
                "properties": properties,
                "propertyNames": {"enum": [*sorted(properties), *(f"pulumi:{key}" for key in PULUMI)]},
            },
            **{key: {} for key in STACK_FILE},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def text() -> str:
    """The schema as the committed file holds it."""
    return json.dumps(schema(), indent=2) + "\n"
