"""The policy pack: hands the rules to Pulumi."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError
from rules import RULES
from rules.rule import UNKNOWN, Resource, Rule, StackRule


def plain(value: Any) -> Any:
    """A copy of Pulumi's guarded value: unknown parts are UNKNOWN, whole numbers are integers."""
    if isinstance(value, Mapping):
        return {key: _item(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_item(value, index) for index in range(len(value))]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _item(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN


def _of_resource(rule: Rule) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(args.resource_type, {})
        if resource.matches(rule.types):
            resource = Resource(args.resource_type, plain(args.props))
            for finding in rule.findings(resource, args.get_config()):
                report(rule.message(finding), None)

    return ResourceValidationPolicy(validate=validate, **_described(rule))


def _of_stack(rule: StackRule) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        # The CLI's first preview tells nothing of what goes into a cluster that is still to be made.
        known = [each for each in args.resources if each.props]
        resources = [Resource(each.resource_type, plain(each.props), each.urn) for each in known]
        for finding in rule.findings(resources, args.get_config()):
            report(rule.message(finding), finding.urn or None)

    return StackValidationPolicy(validate=validate, **_described(rule))


def _described(rule: Rule | StackRule) -> dict[str, Any]:
    schema = {
        name: {"type": "array", "items": {"type": "string"}, "default": default}
        for name, default in rule.config.items()
    }
    return {
        "name": rule.id,
        "description": " ".join([f"{rule.title}.", *(f"[{reference}]" for reference in rule.references)]),
        "enforcement_level": EnforcementLevel(rule.level),
        "config_schema": PolicyConfigSchema(schema) if schema else None,
        "remediation_steps": rule.remedy,
    }


PolicyPack(
    "gke-webapp",
    policies=[_of_stack(rule) if isinstance(rule, StackRule) else _of_resource(rule) for rule in RULES],
)
