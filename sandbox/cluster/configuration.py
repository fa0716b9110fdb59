"""What kubelet and kube-proxy read from a file."""

import json
from pathlib import Path

from sandbox.addresses import API_SERVER, DNS, NODE, PODS
from sandbox.cluster import dns, listeners
from sandbox.cluster.components import Components
from sandbox.cluster.pki import Pki


def write(components: Components, socket: Path) -> None:
    """Write both to where their processes look for them. JSON is YAML."""
    proxy = kube_proxy(components.kubeconfig("kube-proxy"))
    node = kubelet(components.directory, components.pki, socket)
    components.configuration("kubelet").write_text(json.dumps(node, indent=1))
    components.configuration("kube-proxy").write_text(json.dumps(proxy, indent=1))


def kubelet(directory: Path, pki: Pki, socket: Path) -> dict[str, object]:
    """KubeletConfiguration v1beta1: one node that never evicts a pod because the machine's disk is full."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE,
        "port": listeners.KUBELET,
        "healthzBindAddress": API_SERVER,
        "healthzPort": listeners.KUBELET_HEALTH,
        "readOnlyPort": 0,
        "tlsCertFile": str(pki.certificate("kubelet-server")),
        "tlsPrivateKeyFile": str(pki.key("kubelet-server")),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki.certificate("ca"))},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [DNS],
        "clusterDomain": dns.DOMAIN,
        "resolvConf": str(dns.resolver() or ""),
        "containerRuntimeEndpoint": f"unix://{socket}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "serializeImagePulls": False,
        "evictionHard": {"memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,
        "podLogsDir": str(directory / "pod-logs"),
        "volumePluginDir": str(directory / "volume-plugins"),
    }


def kube_proxy(kubeconfig: Path) -> dict[str, object]:
    """KubeProxyConfiguration v1alpha1: NodePorts on loopback and the bridge only, kernel limits untouched."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "bindAddress": NODE,
        "healthzBindAddress": f"{API_SERVER}:{listeners.PROXY_HEALTH}",
        "metricsBindAddress": f"{API_SERVER}:{listeners.PROXY_METRICS}",
        "clusterCIDR": str(PODS),
        "detectLocalMode": "ClusterCIDR",
        "nodePortAddresses": ["127.0.0.0/8", str(PODS)],
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }
