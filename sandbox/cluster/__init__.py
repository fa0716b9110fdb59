"""A real single-node Kubernetes: upstream's own components, etcd, containerd, CoreDNS, kube-router."""

PACKAGES = {
    "etcd-server": "holds the cluster's objects",
    "containerd": "runs the pods' containers",
    "runc": "makes each container; also ends what a killed sandbox left behind",
    "containernetworking-plugins": "connect the pods to the node's bridge",
    "iptables": "Services: kube-proxy's rules",
    "ipset": "holds the addresses that NetworkPolicies mean, for kube-router's rules",
    "iproute2": "makes the bridge",
}
"""Debian package -> why this room needs it."""
