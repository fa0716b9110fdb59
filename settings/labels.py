"""Labels of pods: how Services, policies and budgets find them."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from settings.mistake import SettingError

NAME = "app.kubernetes.io/name"
"""The label that every pod has, with the name of its workload; a Deployment's selector can never change."""

_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PREFIX = r"(?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/"
KEY_PATTERN = rf"({_PREFIX})?{_NAME}"
VALUE_PATTERN = rf"({_NAME})?"


def of(workload: str, labels: Mapping[str, str]) -> dict[str, str]:
    """All labels of a workload's pods."""
    return {**labels, NAME: workload}


def text(labels: Mapping[str, str]) -> str:
    """As a manifest states them, in one line."""
    return ", ".join(f"{key}: {value}" for key, value in labels.items())


def _key(key: str) -> str:
    if not re.fullmatch(KEY_PATTERN, key):
        raise SettingError(
            f"{key}: Kubernetes refuses such a label.",
            "Write a name of at most 63 letters, digits, hyphens, dots and underscores, such as tier, or one below a "
            "domain, such as example.com/tier.",
        )
    return key


def _value(value: str) -> str:
    if not re.fullmatch(VALUE_PATTERN, value):
        raise SettingError(
            "Kubernetes refuses such a label.",
            "Write at most 63 letters, digits, hyphens, dots and underscores, such as `tier: frontend`.",
        )
    return value


def _free_key(key: str) -> str:
    if key == NAME:
        raise SettingError(
            f"The pods have {NAME} with the name of their workload: their Deployment finds them by it.",
            "Use another label.",
        )
    return key


LabelKey = Annotated[str, AfterValidator(_key)]
LabelValue = Annotated[str, AfterValidator(_value)]

Selector = Mapping[LabelKey, LabelValue]
"""Values by key."""

Labels = Mapping[Annotated[LabelKey, AfterValidator(_free_key)], LabelValue]
"""Values by key, beside the one with the workload's name."""
