"""The private network of the cluster, with a way out."""

from typing import TypedDict

import pulumi

from settings.naming import pods_range, services_range
from settings.network import NetworkSettings


class NetworkArgs(TypedDict):
    name: str
    region: pulumi.Input[str]
    ranges: NetworkSettings


class Network(pulumi.ComponentResource):
    """A custom-mode VPC network with one subnet; machines without a public address go out through Cloud NAT.

    It owns no firewall rules: GKE keeps the rules that its clusters and load balancers need.
    """

    network: pulumi.Output[str]
    """Resource name of the network."""
    subnetwork: pulumi.Output[str]
    """Resource name of the subnet."""
    nat: pulumi.Resource
    """What must exist while machines fetch anything from the internet."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:network:Network", name, None, opts)
        ranges = args["ranges"]
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        network = pulumi.CustomResource(
            "gcp:compute/network:Network",
            name,
            {"name": args["name"], "autoCreateSubnetworks": False, "routingMode": "REGIONAL"},
            child,
        )
        subnetwork = pulumi.CustomResource(
            "gcp:compute/subnetwork:Subnetwork",
            name,
            {
                "name": args["name"],
                "region": args["region"],
                "network": network.id,
                "ipCidrRange": str(ranges.nodes),
                "secondaryIpRanges": [
                    {"rangeName": pods_range(args["name"]), "ipCidrRange": str(ranges.pods)},
                    {"rangeName": services_range(args["name"]), "ipCidrRange": str(ranges.services)},
                ],
                "privateIpGoogleAccess": True,
            },
            # Google does not change a secondary range. Another subnet has it, with another cluster.
            pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(replace_on_changes=["secondaryIpRanges[*].ipCidrRange"])
            ),
        )
        router = pulumi.CustomResource(
            "gcp:compute/router:Router",
            name,
            {"name": args["name"], "region": args["region"], "network": network.id},
            child,
        )
        self.nat = pulumi.CustomResource(
            "gcp:compute/routerNat:RouterNat",
            name,
            {
                "name": args["name"],
                "region": args["region"],
                "router": pulumi.get(router, "name"),
                "natIpAllocateOption": "AUTO_ONLY",
                # A NAT that lists the subnet would keep Google from deleting it when other ranges replace it.
                "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
                "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
            },
            child,
        )

        self.network = network.id
        self.subnetwork = subnetwork.id
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})
