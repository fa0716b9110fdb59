"""Kubernetes objects in YAML text: the function `kubernetes:yaml:decode` behind ConfigFile and ConfigGroup."""

import re
from typing import Any

import yaml

from sandbox.errors import SandboxError
from sandbox.graph.plugins.kubernetes.kinds import Object, is_namespaced


class _Loader(yaml.SafeLoader):
    """Reads scalars as Kubernetes' own tools do: dates and `12:30` are text, `1e3` is a number."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own form
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":float"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _tag, _pattern in (
    ("int", r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), list("-+0123456789."))


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node).replace("_", "")
    return int(text.replace("0o", "0"), 8) if re.fullmatch(r"[-+]?0o?[0-7]+", text) else int(text, 0)


def _number(loader: _Loader, node: yaml.ScalarNode) -> float:
    return float(loader.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan"))


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def decoded(text: str, namespace: str) -> list[Object]:
    """The objects of a YAML stream; what is no object is left out. `namespace` is for those without one.

    Raises SandboxError for text that is no YAML.
    """
    try:
        documents: list[Any] = list(yaml.load_all(text, _Loader))
    except (yaml.YAMLError, ValueError) as error:
        raise SandboxError(f"The manifest is not YAML, so nothing of it was created: {error}. Correct it.") from None
    objects = [item for item in documents if isinstance(item, dict) and item.get("kind") and item.get("apiVersion")]
    for item in objects:
        if namespace and is_namespaced(item):
            item["metadata"] = {"namespace": namespace, **(item.get("metadata") or {})}
    return objects
