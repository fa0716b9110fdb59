"""What the API server would say to a change, asked in a preview; it is told, and never fails the preview.

Other changes of the same update may mend what is refused now: a quota that is raised, a role that is granted, a
CustomResourceDefinition that learns a field.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.errors import ApiError, UnreachableError
from sandbox.providers.kubernetes.kinds import Object, described
from sandbox.providers.kubernetes.ownership import gives_way

if TYPE_CHECKING:
    from sandbox.providers.kubernetes.client import Client
    from sandbox.providers.kubernetes.cluster import Cluster

Tell = Callable[[str], None]


class Rehearsal:
    """Dry runs on one cluster: one request each, none once the cluster cannot be reached."""

    def __init__(self, connect: "Callable[[], Cluster]") -> None:
        self._connect = connect
        self._connecting = threading.Lock()
        self._offline = False

    def creation(self, thing: Object, tell: Tell) -> None:
        """Ask about an object that is to be created."""
        self._ask(thing, tell, lambda client, _: client.rehearse_creation(thing, tell))

    def update(self, thing: Object, manager: str, ignored: Sequence[str], tell: Tell) -> None:
        """Ask about an object that is to be changed, except at the paths `ignored`."""

        def ask(client: "Client", cluster: "Cluster") -> None:
            client.apply(thing, manager, force=cluster.forces(thing), dry_run=True, hear=tell)

        self._ask(thing, tell, ask, ignored)

    def _ask(
        self, thing: Object, tell: Tell, ask: "Callable[[Client, Cluster], None]", ignored: Sequence[str] = ()
    ) -> None:
        cluster = self._cluster()
        if cluster is None:
            return
        try:
            ask(cluster.client.within(0, lambda _text: None), cluster)
        except UnreachableError:
            self._offline = True
        except ApiError as error:
            # 404: its namespace is to come; AlreadyExists: so is the deletion of what it replaces.
            absent = error.status == 404 or error.reason == "AlreadyExists"
            if not (error.transient or absent or gives_way(error, ignored)):
                tell(
                    f"{described(thing)} would be refused by the API server as things are now: {error}. "
                    "Correct it, unless another change of this update mends that."
                )
        except SandboxError:
            # Its kind is to come.
            return

    def _cluster(self) -> "Cluster | None":
        """None without a kubeconfig, a credential or an answer: then an update finds out."""
        with self._connecting:
            if not self._offline:
                try:
                    return self._connect()
                except SandboxError:
                    self._offline = True
        return None
