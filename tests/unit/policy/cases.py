"""For each rule what keeps to it, and ways to break it: changes of the good resource, by path."""

from copy import deepcopy
from typing import Any

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
NAT = "gcp:compute/routerNat:RouterNat"
MEMBER = "gcp:projects/iAMMember:IAMMember"
READER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
FEDERATION = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
KEY = "gcp:serviceaccount/key:Key"
IMAGE = "docker:index/image:Image"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
FRONTEND = "kubernetes:networking.gke.io/v1beta1:FrontendConfig"
GATEWAY_POLICY = "kubernetes:networking.gke.io/v1:GCPGatewayPolicy"
MANAGED_CERTIFICATE = "kubernetes:networking.gke.io/v1:ManagedCertificate"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
SSL_POLICY = "gcp:compute/sSLPolicy:SSLPolicy"
HEALTH = "kubernetes:networking.gke.io/v1:HealthCheckPolicy"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BACKEND = "kubernetes:cloud.google.com/v1:BackendConfig"

DIGEST = f"sha256:{'0' * 64}"
LABELS = {"app.kubernetes.io/name": "app"}
POD = "spec.template.spec"
CONTAINER = f"{POD}.containers.0"

GOOD: dict[str, dict[str, Any]] = {
    CLUSTER: {
        "privateClusterConfig": {"enablePrivateNodes": True},
        "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": False}},
        "workloadIdentityConfig": {"workloadPool": "example.svc.id.goog"},
        "removeDefaultNodePool": True,
        "enableShieldedNodes": True,
        "datapathProvider": "ADVANCED_DATAPATH",
        "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods"},
        "releaseChannel": {"channel": "REGULAR"},
        "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}},
        "enableLegacyAbac": False,
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]},
        "monitoringConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]},
        "deletionProtection": True,
        "databaseEncryption": {"state": "ENCRYPTED"},
    },
    NODE_POOL: {
        "management": {"autoUpgrade": True, "autoRepair": True},
        "nodeConfig": {
            "serviceAccount": "nodes@example.iam.gserviceaccount.com",
            "imageType": "COS_CONTAINERD",
            "metadata": {"disable-legacy-endpoints": "true"},
            "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
            "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        },
    },
    NETWORK: {"autoCreateSubnetworks": False},
    SUBNETWORK: {"privateIpGoogleAccess": True, "logConfig": {"flowSampling": 0.5}},
    FIREWALL: {"name": "office", "allows": [{"protocol": "tcp"}], "sourceRanges": ["203.0.113.0/24"]},
    NAT: {},
    MEMBER: {"role": "roles/logging.logWriter", "member": "serviceAccount:app@example.iam.gserviceaccount.com"},
    READER: {"role": "roles/artifactregistry.reader", "members": ["user:ada@example.com"]},
    FEDERATION: {"attributeCondition": "assertion.repository_id == '1'"},
    IMAGE: {"build": {"args": {"BUILDER_IMAGE": "debian"}}},
    NAMESPACE: {"metadata": {"name": "app", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
    DEPLOYMENT: {
        "metadata": {"name": "app", "namespace": "app"},
        "spec": {
            "replicas": 2,
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "automountServiceAccountToken": False,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": 10001,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "volumes": [{"name": "tmp", "emptyDir": {}}],
                    "containers": [
                        {
                            "name": "app",
                            "image": f"ghcr.io/example/app@{DIGEST}",
                            "env": [{"name": "ENVIRONMENT", "value": "dev"}],
                            "ports": [{"name": "http", "containerPort": 8000}],
                            "readinessProbe": {"httpGet": {"path": "/ping", "port": "http"}},
                            "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}},
                            "resources": {
                                "requests": {"cpu": "100m", "memory": "64Mi"},
                                "limits": {"cpu": "1", "memory": "128Mi"},
                            },
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "readOnlyRootFilesystem": True,
                                "capabilities": {"drop": ["ALL"]},
                            },
                        }
                    ],
                },
            },
        },
    },
    SERVICE: {
        "metadata": {
            "name": "app",
            "namespace": "app",
            "annotations": {"cloud.google.com/backend-config": '{"default": "app"}'},
        },
        "spec": {"type": "NodePort", "selector": LABELS, "loadBalancerSourceRanges": ["203.0.113.0/24"]},
    },
    BACKEND: {
        "metadata": {"name": "app", "namespace": "app"},
        "spec": {"healthCheck": {"requestPath": "/ping", "port": 8000}},
    },
    INGRESS: {
        "metadata": {
            "name": "app",
            "namespace": "app",
            "annotations": {
                "networking.gke.io/managed-certificates": "app",
                "kubernetes.io/ingress.global-static-ip-name": "app",
                "networking.gke.io/v1beta1.FrontendConfig": "app",
            },
        },
        "spec": {"defaultBackend": {"service": {"name": "app", "port": {"number": 8000}}}},
    },
    SSL_POLICY: {"name": "app", "minTlsVersion": "TLS_1_2", "profile": "MODERN"},
    MANAGED_CERTIFICATE: {"metadata": {"name": "app"}, "status": {"certificateStatus": "Active"}},
    FRONTEND: {"metadata": {"name": "app"}, "spec": {"sslPolicy": "app", "redirectToHttps": {"enabled": True}}},
    GATEWAY: {
        "metadata": {"name": "app", "annotations": {"networking.gke.io/certmap": "app"}},
        "spec": {
            "addresses": [{"type": "NamedAddress", "value": "app"}],
            "listeners": [{"name": "http", "protocol": "HTTP"}, {"name": "https", "protocol": "HTTPS"}],
        },
    },
    GATEWAY_POLICY: {"spec": {"targetRef": {"name": "app"}, "default": {"sslPolicy": "app"}}},
    CERTIFICATE: {"managed": {"state": "ACTIVE"}},
    ROUTE: {
        "metadata": {"namespace": "app"},
        "spec": {
            "parentRefs": [{"name": "app", "sectionName": "https"}],
            "rules": [{"backendRefs": [{"name": "app"}]}],
        },
    },
    HEALTH: {
        "metadata": {"namespace": "app"},
        "spec": {
            "targetRef": {"name": "app"},
            "default": {"config": {"httpHealthCheck": {"requestPath": "/ping", "port": 8000}}},
        },
    },
    POLICY: {"metadata": {"name": "default", "namespace": "app"}, "spec": {"podSelector": {}}},
    BUDGET: {"metadata": {"namespace": "app"}, "spec": {"selector": {"matchLabels": LABELS}, "maxUnavailable": 1}},
}
"""A stack that keeps to every rule, one resource a type."""

MISSING = object()

Break = tuple[str, str, Any]
"""Type, path and value; MISSING takes the property, or with an empty path the whole resource, away."""

BAD: dict[str, list[Break]] = {
    "gke-private-nodes": [(CLUSTER, "privateClusterConfig.enablePrivateNodes", False)],
    "gke-control-plane-access": [
        (CLUSTER, "controlPlaneEndpointsConfig", MISSING),
        (CLUSTER, "masterAuthorizedNetworksConfig", {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}),
    ],
    "gke-workload-identity": [(CLUSTER, "workloadIdentityConfig", MISSING)],
    "gke-metadata-server": [(NODE_POOL, "nodeConfig.workloadMetadataConfig", MISSING)],
    "gke-node-account": [
        (NODE_POOL, "nodeConfig.serviceAccount", MISSING),
        (NODE_POOL, "nodeConfig.serviceAccount", "1-compute@developer.gserviceaccount.com"),
    ],
    "gke-autopilot-account": [(CLUSTER, "enableAutopilot", True)],
    "gke-own-node-pools": [(CLUSTER, "removeDefaultNodePool", MISSING)],
    "gke-shielded-nodes": [(CLUSTER, "enableShieldedNodes", False)],
    "gke-secure-boot": [(NODE_POOL, "nodeConfig.shieldedInstanceConfig.enableSecureBoot", False)],
    "gke-integrity-monitoring": [(NODE_POOL, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", False)],
    "gke-dataplane-v2": [(CLUSTER, "datapathProvider", "LEGACY_DATAPATH")],
    "gke-vpc-native": [(CLUSTER, "ipAllocationPolicy", MISSING)],
    "gke-release-channel": [(CLUSTER, "releaseChannel.channel", "UNSPECIFIED"), (CLUSTER, "releaseChannel", MISSING)],
    "gke-node-upgrade": [(NODE_POOL, "management.autoUpgrade", False)],
    "gke-node-repair": [(NODE_POOL, "management.autoRepair", False)],
    "gke-node-image": [(NODE_POOL, "nodeConfig.imageType", "UBUNTU_CONTAINERD")],
    "gke-client-certificate": [(CLUSTER, "masterAuth.clientCertificateConfig.issueClientCertificate", True)],
    "gke-legacy-abac": [(CLUSTER, "enableLegacyAbac", True)],
    "gke-legacy-metadata": [(NODE_POOL, "nodeConfig.metadata.disable-legacy-endpoints", "false")],
    "gke-logging": [(CLUSTER, "loggingConfig.enableComponents", []), (CLUSTER, "loggingService", "none")],
    "gke-monitoring": [(CLUSTER, "monitoringConfig.enableComponents", [])],
    "gke-deletion-protection-stated": [(CLUSTER, "deletionProtection", MISSING)],
    "gke-deletion-protection": [(CLUSTER, "deletionProtection", False)],
    "gke-secrets-encryption": [(CLUSTER, "databaseEncryption", MISSING)],
    "gke-alpha": [(CLUSTER, "enableKubernetesAlpha", True)],
    "network-own-subnets": [(NETWORK, "autoCreateSubnetworks", MISSING)],
    "network-firewall": [
        (FIREWALL, "sourceRanges", ["0.0.0.0/0"]),
        (FIREWALL, "sourceRanges", ["::/0"]),
        (FIREWALL, "sourceRanges", MISSING),
    ],
    "network-nat": [(NAT, "", MISSING)],
    "network-private-google-access": [(SUBNETWORK, "privateIpGoogleAccess", False)],
    "network-flow-logs": [(SUBNETWORK, "logConfig", MISSING)],
    "iam-basic-roles": [(MEMBER, "role", "roles/owner"), (READER, "role", "roles/editor")],
    "iam-impersonation": [(MEMBER, "role", "roles/iam.serviceAccountTokenCreator")],
    "iam-public": [(MEMBER, "member", "allUsers"), (READER, "members", ["allAuthenticatedUsers"])],
    "iam-default-account": [(MEMBER, "member", "serviceAccount:1-compute@developer.gserviceaccount.com")],
    "iam-federation": [(FEDERATION, "attributeCondition", MISSING), (FEDERATION, "attributeCondition", "")],
    "iam-keys": [(KEY, "serviceAccountId", "nodes")],
    "image-build-arguments": [(IMAGE, "build.args.NPM_TOKEN", "canary")],
    "image-tag": [
        (DEPLOYMENT, f"{CONTAINER}.image", "ghcr.io/example/app:latest"),
        (DEPLOYMENT, f"{CONTAINER}.image", "localhost:5044/app"),
    ],
    "image-digest": [(DEPLOYMENT, f"{CONTAINER}.image", "ghcr.io/example/app:1.2")],
    "image-registry": [
        (DEPLOYMENT, f"{CONTAINER}.image", f"nginx@{DIGEST}"),
        (DEPLOYMENT, f"{CONTAINER}.image", f"evil.example.com/ghcr.io/app@{DIGEST}"),
    ],
    "pod-non-root": [
        (DEPLOYMENT, f"{POD}.securityContext.runAsNonRoot", MISSING),
        (DEPLOYMENT, f"{CONTAINER}.securityContext.runAsNonRoot", False),
    ],
    "pod-high-user": [(DEPLOYMENT, f"{POD}.securityContext.runAsUser", 1000)],
    "pod-privilege-escalation": [(DEPLOYMENT, f"{CONTAINER}.securityContext.allowPrivilegeEscalation", MISSING)],
    "pod-privileged": [(DEPLOYMENT, f"{CONTAINER}.securityContext.privileged", True)],
    "pod-capabilities-dropped": [(DEPLOYMENT, f"{CONTAINER}.securityContext.capabilities", MISSING)],
    "pod-capabilities-added": [(DEPLOYMENT, f"{CONTAINER}.securityContext.capabilities.add", ["NET_ADMIN"])],
    "pod-seccomp": [(DEPLOYMENT, f"{POD}.securityContext.seccompProfile.type", "Unconfined")],
    "pod-read-only": [(DEPLOYMENT, f"{CONTAINER}.securityContext.readOnlyRootFilesystem", MISSING)],
    "pod-host-network": [(DEPLOYMENT, f"{POD}.hostNetwork", True)],
    "pod-host-pid": [(DEPLOYMENT, f"{POD}.hostPID", True)],
    "pod-host-ipc": [(DEPLOYMENT, f"{POD}.hostIPC", True)],
    "pod-host-path": [(DEPLOYMENT, f"{POD}.volumes", [{"name": "root", "hostPath": {"path": "/"}}])],
    "pod-host-port": [(DEPLOYMENT, f"{CONTAINER}.ports", [{"containerPort": 8000, "hostPort": 80}])],
    "pod-account-token": [(DEPLOYMENT, f"{POD}.automountServiceAccountToken", MISSING)],
    "pod-plain-secrets": [(DEPLOYMENT, f"{CONTAINER}.env", [{"name": "DB_PASSWORD", "value": "canary"}])],
    "workload-requests": [
        (DEPLOYMENT, f"{CONTAINER}.resources", MISSING),
        (DEPLOYMENT, f"{CONTAINER}.resources.requests.memory", MISSING),
    ],
    "workload-limits": [(DEPLOYMENT, f"{CONTAINER}.resources.limits.cpu", MISSING)],
    "workload-readiness": [(DEPLOYMENT, f"{CONTAINER}.readinessProbe", MISSING)],
    "workload-liveness": [(DEPLOYMENT, f"{CONTAINER}.livenessProbe", MISSING)],
    "workload-namespace": [(DEPLOYMENT, "metadata.namespace", MISSING), (SERVICE, "metadata.namespace", "default")],
    "workload-pod-security": [(NAMESPACE, "metadata.labels", MISSING)],
    "workload-network-policy": [
        (POLICY, "", MISSING),
        (POLICY, "metadata.namespace", "other"),
        (POLICY, "spec.policyTypes", ["Egress"]),
        (POLICY, "spec.podSelector", {"matchLabels": {"app.kubernetes.io/name": "other"}}),
    ],
    "workload-replicas": [
        (DEPLOYMENT, "spec.replicas", 1),
        (SCALER, "spec", {"minReplicas": 1, "scaleTargetRef": {"name": "app"}}),
    ],
    "workload-disruption-budget": [(BUDGET, "", MISSING)],
    "exposure-certificate": [
        (INGRESS, "metadata.annotations", MISSING),
        (GATEWAY, "metadata.annotations", MISSING),
    ],
    "exposure-gateway-address": [(GATEWAY, "spec.addresses", MISSING)],
    "exposure-address": [(INGRESS, "metadata.annotations", {"networking.gke.io/managed-certificates": "app"})],
    "exposure-snippets": [
        (INGRESS, "metadata.annotations", {"nginx.ingress.kubernetes.io/server-snippet": "location / {}"})
    ],
    "exposure-source-ranges": [(SERVICE, "spec", {"type": "LoadBalancer"})],
    "exposure-tls-version": [
        (SSL_POLICY, "minTlsVersion", MISSING),
        (SSL_POLICY, "minTlsVersion", "TLS_1_1"),
        (SSL_POLICY, "profile", MISSING),
        (SSL_POLICY, "profile", "COMPATIBLE"),
        (SSL_POLICY, "customFeatures", ["TLS_RSA_WITH_AES_128_CBC_SHA"]),
    ],
    "exposure-ssl-policy": [
        (FRONTEND, "spec.sslPolicy", ""),
        (FRONTEND, "", MISSING),
        (GATEWAY_POLICY, "spec.default.sslPolicy", MISSING),
        (GATEWAY_POLICY, "", MISSING),
    ],
    "exposure-https-redirect": [
        (FRONTEND, "spec.redirectToHttps.enabled", False),
        (FRONTEND, "spec.redirectToHttps", MISSING),
        (ROUTE, "spec.parentRefs.0.sectionName", "http"),
        (ROUTE, "spec.parentRefs.0.sectionName", MISSING),
    ],
    "exposure-health-check": [
        (BACKEND, "spec.healthCheck.requestPath", "/"),
        (BACKEND, "spec.healthCheck.port", 9090),
        (SERVICE, "metadata.annotations", MISSING),
        (BACKEND, "", MISSING),
        (HEALTH, "", MISSING),
        (HEALTH, "spec.default.config.httpHealthCheck.port", 9090),
    ],
}


def broken(kind: str, path: str, value: Any) -> dict[str, dict[str, Any]]:
    """The good stack with this one difference."""
    stack = deepcopy(GOOD)
    if not path:
        del stack[kind]
        return stack
    if kind == SCALER:
        stack[kind] = {"metadata": {"namespace": "app"}}
    *parents, last = path.split(".")
    container: Any = stack.setdefault(kind, {})
    for key in parents:
        container = container[int(key)] if isinstance(container, list) else container.setdefault(key, {})
    if value is MISSING:
        del container[last]
    else:
        container[last] = value
    return stack
