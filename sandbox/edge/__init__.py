"""What Google's ingress controller, load balancers and managed certificates do, and ingress-nginx, on HAProxy."""

from sandbox.edge.edge import Edge

__all__ = ["PACKAGES", "Edge"]

PACKAGES: dict[str, str] = {"haproxy": "serves what Ingresses ask for, as Google's load balancers do"}
