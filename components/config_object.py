"""What ConfigMap and Secret have in common, and how pods refer to their keys."""

import base64
import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

WORK = 2**14
"""scrypt's cost parameter: 16 MiB and tens of milliseconds."""


class Variable(NamedTuple):
    """One key of a ConfigMap or Secret, as an environment variable's value."""

    source: k8s.core.v1.EnvVarSourceArgs
    checksums: Mapping[str, pulumi.Input[str]]
    """Pod annotations that change with the content; empty where the object's name does."""


class Mount(NamedTuple):
    """Files in a pod's containers."""

    volume: str
    """Name of the pod's volume, or what it begins with."""
    path: str
    containers: Sequence[str]
    """Names of the containers that see them; empty: all."""
    source: k8s.core.v1.ConfigMapVolumeSourceArgs | k8s.core.v1.SecretVolumeSourceArgs | None
    """None: the disk of a StatefulSet's pod."""
    checksums: Mapping[str, pulumi.Input[str]]
    """Pod annotations that change with the content; empty where the object's name does."""


class ConfigObjectArgs(TypedDict):
    """`data` maps keys to values, such as names of files to their content.

    The object's name is `name` and a digest of the content, or with `exact_name` just that.
    """

    name: str
    namespace: pulumi.Input[str]
    data: Mapping[str, pulumi.Input[str]]
    exact_name: NotRequired[bool]


class ConfigObject(pulumi.ComponentResource, ABC):
    """A ConfigMap or a Secret. Pods that refer to it roll when the content changes.

    Named by its content it is immutable: changed content is a new object, and until the pods have rolled, the old ones
    keep the old object. With an exact name an annotation of the pods changes with the content.
    """

    name: pulumi.Output[str]

    def __init__(self, token: str, name: str, args: ConfigObjectArgs, opts: pulumi.ResourceOptions | None) -> None:
        """Raises `pulumi.RunError` for keys that Kubernetes refuses."""
        super().__init__(token, name, None, opts)
        self._kind, self._args, exact = token.rpartition(":")[2], args, args.get("exact_name", False)
        if refused := [key for key in args["data"] if not re.fullmatch(r"(?!\.\.?$)[-._a-zA-Z0-9]{1,253}", key)]:
            raise pulumi.RunError(
                f"{self._kind} {args['name']} has the key {refused[0]!r}, which Kubernetes refuses. "
                "Use at most 253 letters, digits, hyphens, dots and underscores."
            )
        # The digest is slow to test guesses against, so it need not be hidden as a Secret's values are.
        content = pulumi.Output.unsecret(pulumi.Output.all(**args["data"]).apply(digest))
        self._checksums = {f"checksum/{args['name']}": content} if exact else {}
        self._metadata = k8s.meta.v1.ObjectMetaArgs(
            name=args["name"] if exact else pulumi.Output.format("{0}-{1}", args["name"], content),
            namespace=args["namespace"],
        )
        self._immutable = None if exact else True
        # With a name by content the new object never has the name of the old one.
        self._object_options = pulumi.ResourceOptions(parent=self, delete_before_replace=exact)

    def variable(self, key: str) -> Variable:
        """The value of `key`, for a pod's environment. Raises `pulumi.RunError` when there is no such key."""
        self._refuse_unknown_keys([key])
        return Variable(self._variable_source(key), self._checksums)

    def files(self, path: str, containers: Sequence[str] = (), keys: Sequence[str] = ()) -> Mount:
        """A file for each key, or only for `keys`, in the directory `path` of a pod's `containers`; none: of all.

        Raises `pulumi.RunError` when there is no such key.
        """
        self._refuse_unknown_keys(keys)
        items = [k8s.core.v1.KeyToPathArgs(key=key, path=key) for key in keys]
        volume = self._args["name"].replace(".", "-")
        return Mount(volume, path, tuple(containers), self._volume_source(items or None), self._checksums)

    @abstractmethod
    def _variable_source(self, key: str) -> k8s.core.v1.EnvVarSourceArgs: ...

    @abstractmethod
    def _volume_source(
        self, items: Sequence[k8s.core.v1.KeyToPathArgs] | None
    ) -> k8s.core.v1.ConfigMapVolumeSourceArgs | k8s.core.v1.SecretVolumeSourceArgs: ...

    def _refuse_unknown_keys(self, keys: Sequence[str]) -> None:
        if unknown := [key for key in keys if key not in self._args["data"]]:
            raise pulumi.RunError(
                f"{self._kind} {self._args['name']} has no key {unknown[0]}, so no pod that refers to it could "
                f"start. Its keys are {', '.join(self._args['data'])}."
            )


def digest(values: Mapping[str, str]) -> str:
    """10 hexadecimal digits that differ when the values do; to test one guess at the values takes WORK."""
    content = json.dumps(values, sort_keys=True).encode()
    return hashlib.scrypt(content, salt=b"gke-webapp", n=WORK, r=8, p=1, dklen=5).hex()


def base64_values(values: Mapping[str, str]) -> dict[str, str]:
    """`values` as the `data` of a Secret."""
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
