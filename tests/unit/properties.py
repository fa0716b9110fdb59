"""The properties that the pinned provider packages know, by resource type."""

import importlib
import re
import typing
import warnings
from collections.abc import Iterator
from typing import Any

import pulumi._types as _types  # pyright: ignore[reportPrivateUsage] - the only place that knows both spellings

DECLARED_BY_CRD = (
    "cloud.google.com/",
    "gateway.networking.k8s.io/",
    "monitoring.googleapis.com/",
    "networking.gke.io/",
)
"""API groups whose types GKE installs and no package declares."""


def unknown(token: str, inputs: dict[str, Any]) -> list[str]:
    """Paths in `inputs` that the API does not know under this spelling, at any depth."""
    return list(_unknown(_arguments(token), inputs, ""))


def _arguments(token: str) -> type:
    """The class of a resource's arguments, such as `pulumi_gcp.compute.router_nat.RouterNatArgs`."""
    package, module, kind = token.split(":")
    if package == "kubernetes":
        path, name = [*module.replace(".k8s.io", "").split("/"), kind], f"{kind}InitArgs"
    else:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind).lower()
        path, name = [*module.split("/")[:-1], snake], f"{kind}Args"
    with warnings.catch_warnings():
        # Loading a package touches its deprecated resources, too.
        warnings.simplefilter("ignore", DeprecationWarning)
        owner = importlib.import_module(".".join([f"pulumi_{package}", *path]).replace(".index.", "."))
    return getattr(owner, name)


def _unknown(kind: Any, value: Any, path: str) -> Iterator[str]:
    kind = _types.unwrap_type(kind)
    if isinstance(value, list):
        (item,) = typing.get_args(kind)
        for index, each in enumerate(value):
            yield from _unknown(item, each, f"{path}[{index}]")
    elif isinstance(value, dict) and _types.is_input_type(kind):
        known = _types.input_type_types(kind)
        for key, each in value.items():
            if key in known:
                yield from _unknown(known[key], each, f"{path}.{key}")
            else:
                yield f"{path}.{key}"
