"""Rules of what a pod may do: Kubernetes' restricted profile, and what it does not cover."""

from collections.abc import Iterator, Mapping
from typing import Any

from credentials_in_plain import in_command, is_credential

from .containers import PODS, containers, pod, template
from .property import Check, at, is_stated, items
from .rule import UNKNOWN, Config, Finding, Rule

HIGH_UID = 10_000
"""User ids from here on do not meet those of a node (CKV_K8S_40)."""


def _in_pod(path: str, *accepted: Any) -> Check:
    """The value in the pod's spec is one of these."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        where, spec = pod(properties)
        value = at(spec, path)
        if value not in accepted and value != UNKNOWN:
            yield Finding(f"{where}.{path}", value)

    return check


def _in_containers(path: str, *accepted: Any) -> Check:
    """The value in each container is one of these."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        for where, container in containers(properties):
            value = at(container, path)
            if value not in accepted and value != UNKNOWN:
                yield Finding(f"{where}.{path}", value)

    return check


def _of_container_or_pod(path: str, *accepted: Any) -> Check:
    """The container's value, or the pod's where the container has none, is one of these."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        _, spec = pod(properties)
        for where, container in containers(properties):
            own = at(container, f"securityContext.{path}")
            value = at(spec, f"securityContext.{path}") if own is None else own
            if value not in accepted and value != UNKNOWN:
                yield Finding(f"{where}.securityContext.{path}", value)

    return check


def _high_user(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    _, spec = pod(properties)
    for where, container in containers(properties):
        own = at(container, "securityContext.runAsUser")
        user = at(spec, "securityContext.runAsUser") if own is None else own
        if user != UNKNOWN and (user is None or user < HIGH_UID):
            yield Finding(f"{where}.securityContext.runAsUser", user)


def _drops_all(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for where, container in containers(properties):
        path = "securityContext.capabilities.drop"
        if "ALL" not in items(container, path) and at(container, path) != UNKNOWN:
            yield Finding(f"{where}.{path}", at(container, path))


def _adds_none(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for where, container in containers(properties):
        path = "securityContext.capabilities.add"
        if set(items(container, path)) - {"NET_BIND_SERVICE"}:
            yield Finding(f"{where}.{path}", at(container, path))


def _no_host_path(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    where, spec = pod(properties)
    for volume in items(spec, "volumes"):
        if at(volume, "hostPath") is not None:
            yield Finding(f"{where}.volumes[{at(volume, 'name')}].hostPath", at(volume, "hostPath.path"))


def _no_host_port(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    for where, container in containers(properties):
        for port in items(container, "ports"):
            if at(port, "hostPort"):
                yield Finding(f"{where}.ports.hostPort", at(port, "hostPort"))


def _no_token(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    if not is_stated(str(at(properties, "metadata.name")), config):
        yield from _in_pod("automountServiceAccountToken", False)(properties, config)


def _no_plain_secret(properties: Mapping[str, Any], config: Config) -> Iterator[Finding]:
    """The value is a secret as likely as not: only the name of the variable, label or container is told."""
    for where, container in containers(properties):
        for variable in items(container, "env"):
            name, value = str(at(variable, "name")), at(variable, "value")
            if value not in (None, UNKNOWN) and is_credential(name, str(value)) and not is_stated(name, config):
                yield Finding(f"{where}.env", name)
        for key in ("command", "args"):
            name = str(at(container, "name"))
            if [*in_command([*map(str, items(container, key))])] and not is_stated(name, config):
                yield Finding(f"{where}.{key}", name)
    where, labelled = template(properties)
    labels = at(labelled, "metadata.labels")
    for name, value in labels.items() if isinstance(labels, Mapping) else ():
        if value != UNKNOWN and is_credential(name, str(value)) and not is_stated(name, config):
            yield Finding(f"{where}metadata.labels", name)


RULES = [
    Rule(
        id="pod-non-root",
        title="Containers do not run as root",
        references=("CKV_K8S_23",),
        types=PODS,
        check=_of_container_or_pod("runAsNonRoot", True),
        consequence="who breaks out of the container is root on the node.",
        remedy="Set it to true, and give the image a user.",
    ),
    Rule(
        id="pod-high-user",
        title="Containers run as a user that no node has",
        level="advisory",
        references=("CKV_K8S_40",),
        types=PODS,
        check=_high_user,
        consequence="the container's user may own files of the node.",
        remedy=f"Choose a user id of {HIGH_UID} or more.",
    ),
    Rule(
        id="pod-privilege-escalation",
        title="A process gets no more rights than it started with",
        references=("CKV_K8S_20",),
        types=PODS,
        check=_in_containers("securityContext.allowPrivilegeEscalation", False),
        consequence="a setuid program makes its caller root.",
        remedy="Set it to false.",
    ),
    Rule(
        id="pod-privileged",
        title="No container is privileged",
        references=("CKV_K8S_16",),
        types=PODS,
        check=_in_containers("securityContext.privileged", False, None),
        consequence="the container is root on the node.",
        remedy="Leave it out.",
    ),
    Rule(
        id="pod-capabilities-dropped",
        title="Containers give up every capability",
        references=("CKV_K8S_37",),
        types=PODS,
        check=_drops_all,
        consequence="the container may do parts of what root may.",
        remedy='Set it to ["ALL"].',
    ),
    Rule(
        id="pod-capabilities-added",
        title="Containers get no capability back",
        references=("CKV_K8S_25",),
        types=PODS,
        check=_adds_none,
        consequence="the container may do parts of what root may.",
        remedy="Leave it out; NET_BIND_SERVICE alone is allowed.",
    ),
    Rule(
        id="pod-seccomp",
        title="Containers make only the usual system calls",
        references=("CKV_K8S_31",),
        types=PODS,
        check=_of_container_or_pod("seccompProfile.type", "RuntimeDefault", "Localhost"),
        consequence="every hole of the kernel is in reach.",
        remedy="Set it to RuntimeDefault.",
    ),
    Rule(
        id="pod-read-only",
        title="Containers cannot change their own files",
        references=("CKV_K8S_22",),
        types=PODS,
        check=_in_containers("securityContext.readOnlyRootFilesystem", True),
        consequence="an intruder can install what is needed to stay.",
        remedy="Set it to true, and mount an emptyDir where the program writes.",
    ),
    *(
        Rule(
            id=f"pod-{id_}",
            title=f"Pods do not share {what} of their node",
            references=(reference,),
            types=PODS,
            check=_in_pod(path, False, None),
            consequence=consequence,
            remedy="Leave it out.",
        )
        for id_, path, what, reference, consequence in (
            ("host-network", "hostNetwork", "the network", "CKV_K8S_19", "no network policy holds for the pod."),
            ("host-pid", "hostPID", "the processes", "CKV_K8S_17", "the pod sees and ends the node's processes."),
            ("host-ipc", "hostIPC", "the memory", "CKV_K8S_18", "the pod reads memory that processes share."),
        )
    ),
    Rule(
        id="pod-host-path",
        title="Pods do not mount files of their node",
        references=("CKV_K8S_27",),
        types=PODS,
        check=_no_host_path,
        consequence="the pod reads, and may change, what belongs to the node or to other pods.",
        remedy="Use a volume of the pod's own.",
    ),
    Rule(
        id="pod-host-port",
        title="Pods take no port of their node",
        references=("CKV_K8S_26",),
        types=PODS,
        check=_no_host_port,
        consequence="two such pods never fit on one node, and the port answers on every address of it.",
        remedy="Use a Service.",
    ),
    Rule(
        id="pod-account-token",
        title="Pods do not carry a token for the Kubernetes API",
        references=("CKV_K8S_38",),
        types=PODS,
        config={"stated": []},
        check=_no_token,
        consequence="an intruder asks the API server as the pod's account.",
        remedy="Set it to false, or name what makes the pod under `stated` in the policy's configuration.",
    ),
    Rule(
        id="pod-plain-secrets",
        title="No secret is written into a pod",
        references=("CKV_K8S_35",),
        types=PODS,
        config={"stated": []},
        check=_no_plain_secret,
        consequence="everybody who may look at the pod reads it.",
        remedy="Put it into a Secret, and name that with valueFrom.secretKeyRef; what is none, under `stated` in the "
        "policy's configuration.",
    ),
]
