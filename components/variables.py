"""Environment variables, as objects that pods refer to."""

import base64
from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi

from components.held import digest


class VariablesArgs(TypedDict):
    """`plain` and `secret` map variables to values; all of `secret` becomes secret."""

    name: str
    namespace: pulumi.Input[str]
    plain: Mapping[str, str]
    secret: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None


class Variables(pulumi.ComponentResource):
    """An immutable ConfigMap and an immutable Secret, if there is anything to hold.

    Their names carry a digest of their content. So changed values are new objects, which make the pods roll; until
    they have rolled, the old pods keep the old objects.
    """

    sources: list[dict[str, Any]]
    """As a container's `envFrom` holds them."""

    def __init__(self, name: str, args: VariablesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:variables:Variables", name, None, opts)

        self.sources = []
        if plain := args["plain"]:
            named = f"{args['name']}-{digest(plain)}"
            self.sources.append({"configMapRef": {"name": self._object("ConfigMap", name, named, args, plain)}})
        if args["secret"]:
            secret: pulumi.Output[Any] = pulumi.Output.secret(args["secret"])
            # The digest is slow to test guesses against, so it need not be hidden as the values are.
            named = pulumi.Output.format("{0}-{1}", args["name"], pulumi.Output.unsecret(secret.apply(digest)))
            data = secret.apply(lambda values: {key: _base64(value) for key, value in values.items()})
            self.sources.append({"secretRef": {"name": self._object("Secret", name, named, args, data)}})
        self.register_outputs({"sources": self.sources})

    def _object(
        self, kind: str, name: str, named: pulumi.Input[str], args: VariablesArgs, data: Any
    ) -> pulumi.Output[str]:
        """Name of a new object that holds `data`."""
        holder = pulumi.CustomResource(
            f"kubernetes:core/v1:{kind}",
            f"{name}-variables",
            {
                "apiVersion": "v1",
                "kind": kind,
                "metadata": {"name": named, "namespace": args["namespace"]},
                "immutable": True,
                "data": data,
            },
            # Created before the old one is deleted: its name is always another.
            pulumi.ResourceOptions(parent=self, additional_secret_outputs=["data"] if kind == "Secret" else None),
        )
        return pulumi.get(holder, "metadata")["name"]


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
