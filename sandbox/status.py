"""What runs in the sandbox, and where it answers."""

from dataclasses import dataclass
from typing import Any

from sandbox.addresses import REGISTRY
from sandbox.engine.property import is_secret
from sandbox.process import Process
from sandbox.pulumi_cli import resources
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

    engine: str
    """`embedded` or `pulumi`: what the next operation uses."""

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
    def of(cls, session: Session, engine: str) -> "Status":
        home = session.home
        state = resources(session.state)
        stack = next((entry for entry in state if entry["type"] == "pulumi:pulumi:Stack"), {})
        outputs = {name: "[secret]" if is_secret(value) else value for name, value in stack.get("outputs", {}).items()}
        domains = outputs.get("domains") or [None]
        names = sorted(path.stem for path in home.run.glob("*.json"))
        return cls(
            kubeconfig=str(home.root / "kubeconfig"),
            ca=str(home.pki / "ca.crt"),
            registry=REGISTRY,
            engine=engine,
            stack=session.stack,
            resources=len(state),
            address=outputs.get("address"),
            domain=domains[0],
            outputs=outputs,
            processes={name: Process(home, name).pid for name in names},
        )
