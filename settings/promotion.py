"""Whether the stack that an image is promoted from is there, and leads to one that builds it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import pulumi_yaml
from settings.mistake import SettingError


def refused(directory: Path, project: str, stack: str, source: str) -> SettingError | None:
    """A mistake of `image.promotedFrom`; None, too, where the directory is not that of the project."""
    sources = _sources(directory, project)
    if not sources:
        return None
    passed = [stack]
    while source:
        if source == stack and len(passed) == 1:
            return SettingError("A stack that is promoted from itself has no image, ever.", _choice(sources, stack))
        if source not in sources:
            return SettingError(
                f"There is no stack {source}: Pulumi.{source}.yaml does not exist, so no image would be found.",
                _choice(sources, stack),
            )
        if source in passed:
            return SettingError(
                f"promotedFrom leads from {' to '.join(passed)} and back to {source}: none of them builds an image.",
                "Remove promotedFrom in the stack that builds it.",
            )
        passed.append(source)
        source = sources[source]
    return None


def _choice(sources: Mapping[str, str], stack: str) -> str:
    return f"Write one of {', '.join(sorted(sources.keys() - {stack})) or 'the stacks that are there'}, or remove it."


def _sources(directory: Path, project: str) -> dict[str, str]:
    """The stack that each stack with a file is promoted from; empty for one that builds its image."""
    if _load(directory / "Pulumi.yaml").get("name") != project:
        return {}
    found: dict[str, str] = {}
    for path in directory.glob("Pulumi.*.yaml"):
        config = _load(path).get("config")
        stated: Mapping[str, Any] = config if isinstance(config, dict) else {}
        image = stated.get(f"{project}:image", stated.get("image"))
        source = image.get("promotedFrom") if isinstance(image, dict) else None
        found[path.name.removeprefix("Pulumi.").removesuffix(".yaml")] = source if isinstance(source, str) else ""
    return found


def _load(path: Path) -> dict[str, Any]:
    try:
        content = pulumi_yaml.load(path)
    except (OSError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
