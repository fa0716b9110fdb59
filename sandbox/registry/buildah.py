"""Building, finding and pushing images with buildah: no daemon, and an image storage of the sandbox's own."""

import fcntl
import os
import re
import subprocess
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from sandbox.addresses import REGISTRY
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.registry.login import Login, authfile

Done = subprocess.CompletedProcess[str]

CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
"""Offered to builds as the secret `ca_bundle`: behind a TLS-inspecting proxy only the host knows the CA."""

KEPT = timedelta(days=30)
"""How long an image stays that has a newer one of its name."""

_REGISTRIES = f"""\
unqualified-search-registries = ["docker.io"]

[[registry]]
location = "{REGISTRY}"
insecure = true
"""

_OWN = re.compile(rf"^(\d{{4}}-\S+ \S+) .* ({re.escape(REGISTRY)}/\S+)$", re.MULTILINE)
"""Moment of creation (UTC), and name, of an image that is built here."""

_BOUND = ["setpriv", "--pdeathsig=TERM", "sh", "-c", 'trap "kill -KILL 0" TERM; "$@" & wait $!', "sh"]
"""Runs a command that ends, with all that it has started in its process group, once its parent is gone."""

_STEP = re.compile(r"^(?:\[\d+/\d+\] )?STEP \d+/\d+: .*", re.MULTILINE)


class Buildah:
    """Images and build cache in `home.cache/buildah`: one storage for every sandbox of this user."""

    def __init__(self, home: Home) -> None:
        self.directory = home.cache / "buildah"

    def build(
        self,
        name: str,
        context: Path,
        dockerfile: Path,
        *,
        arguments: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        logins: Collection[Login] = (),
    ) -> None:
        """Build `dockerfile` in `context` and call the image `name`.

        `arguments` are build arguments, which stay readable in the image; `options` are further flags of
        `buildah build`; `logins` are for the images it starts from. Layers are cached, where that is safe.
        Raises SandboxError with the failing step and the end of the log.
        """
        cache = "--no-cache" if _deceptive(dockerfile) else "--layers"
        command = ["build", cache, "--force-rm", "--pull=false", "--isolation=chroot", "--network=host"]
        if CA_BUNDLE.exists():
            command += ["--secret", f"id=ca_bundle,src={CA_BUNDLE}"]
        for key, value in (arguments or {}).items():
            command += ["--build-arg", f"{key}={value}"]
        done = self._run([*command, *options, f"--file={dockerfile}", f"--tag={name}", str(context)], logins)
        if done.returncode:
            steps = _STEP.findall(done.stdout)
            raise SandboxError(
                f"Building {name} failed{f' at {steps[-1]}' if steps else ''}. Nothing was pushed. "
                f"The end of the build's log:\n{_end(done.stdout)}"
            )

    def push(self, name: str, logins: Collection[Login] = ()) -> str:
        """Push the image to the registry in its name; returns the manifest's digest there, `sha256:...`."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("r", dir=self.directory) as digest:
            done = self._run(["push", f"--digestfile={digest.name}", name, f"docker://{name}"], logins)
            if done.returncode:
                raise SandboxError(
                    f"{name} was built, but its registry did not take it. Check the registry's address, "
                    f"the user name and the token.\n{_end(done.stdout)}"
                )
            return digest.read().strip()

    def identifier(self, name: str) -> str | None:
        """The id of an image in the storage, `sha256:...`; None when there is none of that name."""
        done = self._run(["inspect", "--type=image", "--format={{.FromImageID}}", name])
        return None if done.returncode else f"sha256:{done.stdout.strip()}"

    def sweep(self) -> None:
        """Remove what a killed build left behind, unless another build runs."""
        with self._alone() as alone:
            if alone:
                self._buildah(["rm", "--all"])

    def prune(self, now: datetime) -> None:
        """Remove the sandbox's own images that are older than `KEPT`, but the newest of each name; not during a build.

        Layers that a later image shares stay. What is wanted again is built again.
        """
        with self._alone() as alone:
            if not alone:
                return
            listed = self._buildah(["images", "--noheading", "--format={{.CreatedAtRaw}} {{.Name}}:{{.Tag}}"]).stdout
            created = {name: moment for moment, name in sorted(_OWN.findall(listed))}
            newest = {name.rpartition(":")[0]: name for name in created}
            limit = f"{now - KEPT:%Y-%m-%d %H:%M:%S}"
            if old := [name for name, moment in created.items() if moment < limit and name not in newest.values()]:
                self._buildah(["rmi", *old])

    def _run(self, arguments: Sequence[str], logins: Collection[Login] = ()) -> Done:
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            return self._buildah(arguments, logins)

    def _buildah(self, arguments: Sequence[str], logins: Collection[Login] = ()) -> Done:
        scratch = self.directory / "tmp"
        scratch.mkdir(exist_ok=True)
        with _in_memory(_REGISTRIES) as registries, _in_memory(authfile(logins)) as credentials:
            environment = {
                "CONTAINERS_REGISTRIES_CONF": f"/proc/self/fd/{registries}",
                # Also where buildah keeps what builds put into `--mount=type=cache`.
                "TMPDIR": str(scratch),
            }
            if logins:
                environment["REGISTRY_AUTH_FILE"] = f"/proc/self/fd/{credentials}"
            storage = f"--root={self.directory}/storage", f"--runroot={self.directory}/run"
            with subprocess.Popen(
                [*_BOUND, "buildah", *storage, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env={**os.environ, **environment},
                pass_fds=(registries, credentials),
                # Ctrl-C is for the engine, which lets a build in flight finish.
                start_new_session=True,
            ) as process:
                try:
                    output, _ = process.communicate()
                except BaseException:
                    process.terminate()
                    raise
            return Done(process.args, process.returncode, output)

    @contextmanager
    def _alone(self) -> Generator[bool]:
        """Whether no build runs; none begins meanwhile."""
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextmanager
    def _lock(self) -> Generator[IO[str]]:
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            yield lock


@contextmanager
def _in_memory(text: str) -> Generator[int]:
    """The descriptor of a file on no disk: not even a killed process leaves a password behind."""
    with os.fdopen(os.memfd_create("sandbox"), "w") as file:
        file.write(text)
        file.flush()
        yield file.fileno()


def _deceptive(dockerfile: Path) -> bool:
    """Whether the cache would give out another argument's layer.

    buildah 1.28 knows layers of all but RUN, COPY and ADD by the instruction's text, and not by what arguments hold.
    """
    text = dockerfile.read_text().replace("\\\n", " ") if dockerfile.exists() else ""
    arguments = "|".join(re.findall(r"^\s*ARG\s+(\w+)", text, re.MULTILINE | re.IGNORECASE))
    by_text = rf"^\s*(?!FROM|RUN|COPY|ADD|ARG|#)\w+\s.*\$\{{?(?:{arguments})\b"
    return bool(arguments and re.search(by_text, text, re.MULTILINE | re.IGNORECASE))


def _end(log: str, lines: int = 20) -> str:
    return "\n".join(log.splitlines()[-lines:])
