"""How strict the rules of a policy pack are: the file of `--policy-pack-config`, in Pulumi's format.

(pulumi/pulumi: pkg/resource/analyzer/config.go)
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from sandbox.errors import SandboxError

LEVELS = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
    "disabled": analyzer_pb2.DISABLED,
}
LEVEL = "enforcementLevel"
ALL = "all"
"""Stands in the file for every rule that it does not name."""


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The file's content: properties by rule, each level under `enforcementLevel`. Raises SandboxError."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        raise SandboxError(f"{path} does not exist, so no policy was checked. Name the policy pack's config.") from None
    except ValueError as error:
        raise SandboxError(f"{path} is not JSON, so no policy was checked: {error}") from None
    if not isinstance(content, dict):
        raise SandboxError(f"{path} must hold an object of rules; it holds {content!r}. No policy was checked.")
    stated = {name: {LEVEL: value} if isinstance(value, str) else value for name, value in content.items()}
    for name, value in stated.items():
        level = value.get(LEVEL, "mandatory") if isinstance(value, dict) else value
        if level not in LEVELS:
            raise SandboxError(
                f"{name} in {path} is {level!r}, which is no level, so no policy was checked. "
                f"Choose one of: {', '.join(LEVELS)}."
            )
    return stated


def request(
    info: analyzer_pb2.AnalyzerInfo, stated: Mapping[str, Mapping[str, Any]]
) -> analyzer_pb2.ConfigureAnalyzerRequest:
    """The pack's own settings with what is stated over them. Raises SandboxError for a rule that it does not have."""
    rules = {policy.name: policy for policy in info.policies}
    if unknown := sorted(stated.keys() - rules.keys() - {ALL}):
        raise SandboxError(
            f"The policy pack {info.name} has no rule {', '.join(unknown)}, so what is configured for it would do "
            f"nothing, and no policy was checked. There are: {', '.join(sorted(rules))}."
        )
    configured = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, rule in rules.items():
        schema = json_format.MessageToDict(rule.configSchema.properties)
        defaults = {key: value["default"] for key, value in schema.items() if "default" in value}
        initial = info.initialConfig.get(name)
        if initial:
            defaults |= json_format.MessageToDict(initial.properties)
        own = dict(stated.get(name, stated.get(ALL, {})))
        level = own.pop(LEVEL, None)
        default = initial.enforcementLevel if initial else rule.enforcementLevel
        config = configured.policyConfig[name]
        config.enforcementLevel = LEVELS[level] if level else default
        config.properties.update({**defaults, **own})
    return configured
