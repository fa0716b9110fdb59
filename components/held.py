"""What a ConfigMap or a Secret holds, and how pods refer to it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NotRequired, TypedDict

import pulumi

WORK = 2**14
"""scrypt's cost parameter: 16 MiB and tens of milliseconds."""


class Variable(NamedTuple):
    """One key of a ConfigMap or Secret, as an environment variable's value."""

    source: Mapping[str, Any]
    """As `valueFrom` holds it."""
    checksums: Mapping[str, pulumi.Input[str]]
    """Annotations that change with the content, unless the name does."""


class Mount(NamedTuple):
    """Files in a pod's containers."""

    volume: str
    """Begins the name of the pod's volume."""
    path: str
    containers: Sequence[str]
    """Who sees them; empty: all."""
    source: Mapping[str, Any] | None
    """As one of the pod's `volumes` holds it; None: a disk of the pod's own."""
    checksums: Mapping[str, pulumi.Input[str]]
    """Annotations that change with the content, unless the name does."""


class HeldArgs(TypedDict):
    """`data` maps keys to values, such as names of files to their content.

    The object's name is `name` and a digest of the content, or with `exact_name` just that.
    """

    name: str
    namespace: pulumi.Input[str]
    data: Mapping[str, pulumi.Input[str]]
    exact_name: NotRequired[bool]


class Held(pulumi.ComponentResource):
    """An object with content, whatever its kind. Pods that refer to it roll when the content changes.

    Named by its content it is immutable: changed content is a new object, and until the pods have rolled, the old ones
    keep the old object. With an exact name the pods' annotations tell that the content is another.
    """

    name: pulumi.Output[str]

    def _hold(
        self, name: str, args: HeldArgs, kind: str, data: pulumi.Output[Mapping[str, str]], **properties: Any
    ) -> None:
        """Makes the object, with `properties` beside its `data`.

        Raises `pulumi.RunError` for keys that Kubernetes refuses.
        """
        if refused := [key for key in args["data"] if not re.fullmatch(r"(?!\.\.?$)[-._a-zA-Z0-9]{1,253}", key)]:
            raise pulumi.RunError(
                f"{kind} {args['name']} has the key {refused[0]!r}, which Kubernetes refuses. "
                "Use at most 253 letters, digits, hyphens, dots and underscores."
            )
        exact = args.get("exact_name", False)
        # The digest is slow to test guesses against, so it need not be hidden as a Secret's values are.
        content = pulumi.Output.unsecret(pulumi.Output.all(**args["data"]).apply(digest))
        named = args["name"] if exact else pulumi.Output.format("{0}-{1}", args["name"], content)
        holder = pulumi.CustomResource(
            f"kubernetes:core/v1:{kind}",
            name,
            {
                "apiVersion": "v1",
                "kind": kind,
                "metadata": {"name": named, "namespace": args["namespace"]},
                **({} if exact else {"immutable": True}),
                "data": data,
                **properties,
            },
            pulumi.ResourceOptions(
                parent=self,
                # A name by content is always another.
                delete_before_replace=exact,
                additional_secret_outputs=["data"] if kind == "Secret" else None,
            ),
        )
        self.name = pulumi.get(holder, "metadata")["name"]
        self._args, self._kind = args, kind
        self._checksums = {f"checksum/{args['name']}": content} if exact else {}
        self.register_outputs({"name": self.name})

    def variable(self, key: str) -> Variable:
        """The value of `key`, for a pod's environment. Raises `pulumi.RunError` when it holds no such key."""
        self._refuse_unknown([key])
        reference = f"{self._kind[0].lower()}{self._kind[1:]}KeyRef"
        return Variable({reference: {"name": self.name, "key": key}}, self._checksums)

    def files(self, path: str, containers: Sequence[str] = (), keys: Sequence[str] = ()) -> Mount:
        """A file for each key, or only for `keys`, in the directory `path` of a pod's `containers`; none: of all.

        Raises `pulumi.RunError` when it holds no such key.
        """
        self._refuse_unknown(keys)
        source: dict[str, Any] = {"name" if self._kind == "ConfigMap" else "secretName": self.name}
        if keys:
            source["items"] = [{"key": key, "path": key} for key in keys]
        volume = {"configMap" if self._kind == "ConfigMap" else "secret": source}
        return Mount(self._args["name"].replace(".", "-"), path, tuple(containers), volume, self._checksums)

    def _refuse_unknown(self, keys: Sequence[str]) -> None:
        if strangers := [key for key in keys if key not in self._args["data"]]:
            raise pulumi.RunError(
                f"{self._kind} {self._args['name']} has no key {strangers[0]}, so no pod that refers to it could "
                f"start. Its keys are {', '.join(self._args['data'])}."
            )


def digest(values: Mapping[str, str]) -> str:
    """10 hexadecimal digits that differ when the values do; to test one guess at the values takes WORK."""
    content = json.dumps(values, sort_keys=True).encode()
    return hashlib.scrypt(content, salt=b"gke-webapp", n=WORK, r=8, p=1, dklen=5).hex()
