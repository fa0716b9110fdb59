"""Who may reach ports of the machines themselves."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi


class FirewallRuleArgs(TypedDict):
    """`network` is a network's resource name; `sources` are IPv4 ranges. For the node port of a Service, its number."""

    name: pulumi.Input[str]
    network: pulumi.Input[str]
    ports: Sequence[int]
    sources: Sequence[str]


class FirewallRule(pulumi.ComponentResource):
    """Lets visitors from outside reach TCP ports of all machines in a network.

    GKE itself keeps the rules that load balancers need: this is for Services of type NodePort.
    """

    def __init__(self, name: str, args: FirewallRuleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:firewall_rule:FirewallRule", name, None, opts)

        pulumi.CustomResource(
            "gcp:compute/firewall:Firewall",
            name,
            {
                "name": args["name"],
                "network": args["network"],
                "direction": "INGRESS",
                "allows": [{"protocol": "tcp", "ports": [str(port) for port in args["ports"]]}],
                "sourceRanges": list(args["sources"]),
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
