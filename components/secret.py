"""Credentials, keys and certificates."""

import base64

import pulumi

from components.held import Held, HeldArgs

TLS = {"tls.crt", "tls.key"}
"""Certificate with its chain, and key; both PEM."""


class Secret(Held):
    """A Secret; its keys are a pod's environment variables or files. All values become secret outputs.

    With the keys of TLS it is of type `kubernetes.io/tls`, which load balancers ask for.
    """

    def __init__(self, name: str, args: HeldArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:secret:Secret", name, None, opts)
        values = pulumi.Output.secret(pulumi.Output.all(**args["data"]))
        data = values.apply(lambda held: {key: _base64(value) for key, value in held.items()})
        self._hold(name, args, "Secret", data, **({"type": "kubernetes.io/tls"} if args["data"].keys() >= TLS else {}))


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
