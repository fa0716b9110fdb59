"""Every address and port the sandbox listens on: loopback, or the node's own bridge."""

from ipaddress import IPv4Network

API_SERVER = "127.44.0.1"
"""Port 443, because a GKE cluster's `endpoint` is a bare address."""

ETCD = "127.44.0.2"

REGISTRY = "localhost:5044"
"""containerd speaks plain HTTP only to a registry whose host is spelled localhost."""

STATIC_ADDRESSES = IPv4Network("127.45.0.0/24")
"""Addresses reserved with `compute.GlobalAddress`; the edge binds 80 and 443 on them."""

LOAD_BALANCERS = IPv4Network("127.46.0.0/24")
"""Addresses of LoadBalancer Services, of Ingresses without a static address, and of class nginx."""

BRIDGE = "sandbox0"
NODE = "10.244.0.1"
"""The bridge's own address: the node's InternalIP."""

PODS = IPv4Network("10.244.0.0/24")
SERVICES = IPv4Network("10.245.0.0/16")
DNS = str(SERVICES[10])
"""The Service kube-dns, which has the tenth address on GKE, too."""
