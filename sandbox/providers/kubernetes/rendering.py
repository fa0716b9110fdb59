"""Objects as YAML files instead of in a cluster: the provider's `renderYamlToDirectory`."""

from pathlib import Path
from typing import Any

import yaml

from sandbox.providers.kubernetes.kinds import Object, group_of


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and repeats what is shared."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def path_of(thing: Object, directory: Path) -> Path:
    """Where the published provider writes the object: CustomResourceDefinitions apart, to be applied first."""
    metadata = thing["metadata"]
    definition = group_of(thing["apiVersion"]) == "apiextensions.k8s.io"
    version = thing["apiVersion"].replace("/", "_").replace(":", "_")
    name = f"{version}-{thing['kind'].lower()}-{metadata.get('namespace') or 'default'}-{metadata['name']}.yaml"
    return directory / ("0-crd" if definition else "1-manifest") / name


def render(thing: Object, directory: Path) -> None:
    """Write the object's file, readable by its owner alone: it may hold secrets."""
    path = path_of(thing, directory)
    for folder in ("0-crd", "1-manifest"):
        (directory / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(yaml.dump(thing, Dumper=_Dumper, width=10_000, allow_unicode=True))
