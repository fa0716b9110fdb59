"""What runs in the sandbox, and where it answers."""

from dataclasses import dataclass
from typing import Any

from sandbox.addresses import REGISTRY
from sandbox.process import Process
from sandbox.pulumi.installation import Installation
from sandbox.pulumi.stack import Stack
from sandbox.session import Session


@dataclass(frozen=True)
class Status:
    """A stack and the machine under it."""

    kubeconfig: str
    """Path of a kubeconfig with cluster-admin rights."""

    ca: str
    """Path of the authority (PEM) that signs the edge's certificates."""

    registry: str
    """host:port."""

    pulumi: str
    """Path of the CLI."""

    stack: str
    resources: int
    """In the state, the stack itself included; 0 when nothing is deployed."""

    address: str | None
    domain: str | None
    outputs: dict[str, Any]
    """The stack's outputs; secrets as `[secret]`."""

    processes: dict[str, int | None]
    """Pid by name; None for one that has ended."""

    @classmethod
    def of(cls, session: Session) -> "Status":
        home, stack = session.home, Stack(session)
        outputs = {name: "[secret]" if _is_secret(value) else value for name, value in stack.outputs.items()}
        domains = outputs.get("domains") or [None]
        names = sorted(path.stem for path in home.run.glob("*.json"))
        return cls(
            kubeconfig=str(home.root / "kubeconfig"),
            ca=str(home.pki / "ca.crt"),
            registry=REGISTRY,
            pulumi=str(Installation.locate(home).pulumi),
            stack=session.stack,
            resources=len(stack.resources),
            address=outputs.get("address"),
            domain=domains[0],
            outputs=outputs,
            processes={name: Process(home, name).pid for name in names},
        )


def _is_secret(value: Any) -> bool:
    """Whether a state holds the value encrypted.

    (pulumi/pulumi: sdk/go/common/resource/sig/sig.go)
    """
    return isinstance(value, dict) and "4dabf18193072939515e22adb298388d" in value
