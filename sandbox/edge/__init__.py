"""What Google's ingress controller, load balancers and managed certificates do, on HAProxy."""

from sandbox.edge.edge import Edge

__all__ = ["PACKAGES", "Edge"]

PACKAGES: dict[str, str] = {"haproxy": "serves what Ingresses ask for, as Google's load balancers do"}
