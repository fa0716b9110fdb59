"""What a load balancer demands of TLS."""

from typing import TypedDict

import pulumi

from settings.ssl_policy import SslPolicySettings


class SslPolicyArgs(TypedDict):
    name: pulumi.Input[str]
    policy: SslPolicySettings


class SslPolicy(pulumi.ComponentResource):
    """A global SSL policy: TLS versions and ciphers of the load balancers that name it."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: SslPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:ssl_policy:SslPolicy", name, None, opts)

        policy = pulumi.CustomResource(
            "gcp:compute/sSLPolicy:SSLPolicy",
            name,
            {
                "name": args["name"],
                "profile": args["policy"].profile,
                "minTlsVersion": args["policy"].min_tls_version,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = pulumi.get(policy, "name")
        self.register_outputs({"name": self.name})
