"""An account for a workload: it may read Pods of its namespace, list nodes, and nothing else."""

import pulumi
from pulumi_kubernetes.core.v1 import Namespace, Pod, ServiceAccount
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, Role, RoleBinding

namespace = Namespace("team")
inside = {"namespace": namespace.metadata.name}
account = ServiceAccount("reader", metadata=inside)
subjects = [{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": namespace.metadata.name}]

role = Role("pods", metadata=inside, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}])
RoleBinding(
    "pods",
    metadata=inside,
    subjects=subjects,
    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
)
cluster_role = ClusterRole("nodes", rules=[{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}])
ClusterRoleBinding(
    "nodes",
    subjects=subjects,
    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": cluster_role.metadata.name},
)
Pod(
    "reader",
    metadata=inside,
    spec={
        "serviceAccountName": account.metadata.name,
        "containers": [{"name": "reader", "image": pulumi.Config().require("image")}],
    },
)

pulumi.export("namespace", namespace.metadata.name)
