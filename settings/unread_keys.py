"""What to write in place of a key that no part of the program reads."""

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic.alias_generators import to_camel

from settings.mistake import SettingError
from settings.model import Model

PULUMI = ("autonaming", "disable-default-providers", "tags", "template")
"""Keys of Pulumi's own namespace that its CLI reads in a stack file."""

STACK_FILE = ("encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Keys that Pulumi reads in a stack file, beside `config`."""

IN_PLACE = {"gcp:project": "google.project", "gcp:region": "google.region", "gcp:zone": "google.zones"}
"""Keys of default providers, and the program's own that say the same."""

FORMS = ("existing", "context")
"""Keys that make another form of the mapping that holds them."""

UNREAD = "No part of the program reads this key, so it would have no effect."


def key_paths(model: type[Model], prefix: str = "") -> Iterator[str]:
    """All keys, such as `image.repository`; <name> stands for names of a user's own."""
    for field in model.model_fields.values():
        yield f"{prefix}{field.alias}"
        yield from _inside(field.annotation, f"{prefix}{field.alias}")


def _inside(annotation: Any, path: str) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield from key_paths(annotation, f"{path}.")
    named = get_origin(annotation) is Mapping
    for part in get_args(annotation)[named:]:
        yield from _inside(part, f"{path}.<name>" if named else path)


def of_other_namespace(project: str, key: str, known: Collection[str]) -> SettingError | None:
    """A mistake for a key such as `gcp:project`; None where Pulumi itself reads it."""
    namespace, _, name = key.partition(":")
    if namespace == "pulumi" and name in PULUMI:
        return None
    if namespace == "pulumi":
        return SettingError(
            "Pulumi reads no such key.", f"Remove it, or write one of pulumi:{', pulumi:'.join(PULUMI)}."
        )
    if get_close_matches(namespace, [project], cutoff=0.7) or name.partition(".")[0] in known:
        return SettingError(UNREAD, f"Write the namespace {project}: `{project}:{name}`.")
    instead = f"State it as {project}:{IN_PLACE[key]}." if key in IN_PLACE else "Remove it."
    return SettingError(
        "Default providers are switched off, and nobody else reads keys of this namespace, so it would have no effect.",
        instead,
    )


def of_project(
    project: str, location: Sequence[str | int], value: Any, data: Mapping[str, Any], known: Collection[str]
) -> SettingError:
    """A mistake for an unknown key at `location` in the data; `known` are all keys, such as `image.repository`."""
    *parents, last = location
    key = str(last)
    path = ".".join(str(step) for step in location if not isinstance(step, int))
    if re.search(r"[.\[]", key) and re.split(r"[.\[]", path)[0] in known:
        full = f"{project}:{path}"
        text = value if isinstance(value, str) else str(value).lower()
        remove = f"`pulumi config rm {shlex.quote(full)}` and " if not parents else ""
        return SettingError(
            "`pulumi config set` without --path makes one key of this, and none of the keys that are nested there.",
            f"Run {remove}`pulumi config set --path {shlex.quote(full)} {shlex.quote(text)}`.",
        )
    if path in known:
        return _of_other_form(data, parents, key)
    siblings = sorted(_below(known, [str(step) for step in parents if not isinstance(step, int)]))
    if close := get_close_matches(to_camel(key.lower()) if "_" in key else key, siblings, n=1, cutoff=0.6):
        return SettingError(UNREAD, f"Write {close[0]}, if that is meant, or remove it.")
    elsewhere = sorted(each for each in known if each.rpartition(".")[2] == to_camel(key) and "<name>" not in each)
    if elsewhere:
        places = ", ".join(f"{project}:{each}" for each in elsewhere[:3])
        return SettingError(f"{UNREAD} Others of this name are read: {places}.", "Move it there, or remove it.")
    choices = (
        f"Keys here: {', '.join(siblings)}." if 0 < len(siblings) <= 12 else "docs/configuration.md has every key."
    )
    return SettingError(UNREAD, f"Correct its spelling or remove it. {choices}")


def _of_other_form(data: Mapping[str, Any], parents: Sequence[str | int], key: str) -> SettingError:
    holder: Any = data
    for step in parents:
        holder = holder[step]
    form = next((each for each in FORMS if isinstance(holder, Mapping) and each in holder), "")
    where = ".".join(map(str, (*parents, form))).removesuffix(".")
    return SettingError(
        f"Beside {where} nobody reads {key}, so it would have no effect." if form else UNREAD,
        f"Remove {key}, or remove {where}." if form else f"Remove {key}.",
    )


def _below(known: Iterable[str], parents: Sequence[str]) -> Iterator[str]:
    """Names of the keys in the mapping that `parents` lead to; a user's own names stand for <name> there."""
    for each in known:
        *above, name = each.split(".")
        if len(above) == len(parents) and all(
            one in (other, "<name>") for one, other in zip(above, parents, strict=True)
        ):
            yield name
