"""Base images made of Debian packages: what builds start from where no public image can be pulled."""

import hashlib
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.addresses import REGISTRY
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.progress import Report
from sandbox.registry.buildah import Buildah

SUITE = "bookworm"

BUILDER_PACKAGES = ("apt", "ca-certificates", "python3-pip")
"""On top of Debian's essential packages."""

NO_SERVICES = r'printf "#!/bin/sh\nexit 101\n" > "$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"'
"""As in Debian's own container images: a service that a build installs is not started."""

RUNTIME_PACKAGES = {
    "base-files",
    "libbz2-1.0",
    "libc6",
    "libcrypt1",
    "libexpat1",
    "libffi8",
    "libgcc-s1",
    "liblzma5",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libssl3",
    "libuuid1",
    "media-types",
    "python3.11-minimal",
    "zlib1g",
}
"""Python without a shell. Left out on purpose: the libraries of curses, readline, dbm, nis and sqlite3."""

RUNTIME_PATHS = {
    # The symbolic links of a merged /usr belong to no package.
    *("bin", "lib", "lib64", "sbin"),
    *("etc/group", "etc/nsswitch.conf", "etc/passwd"),
    "etc/ssl/certs/ca-certificates.crt",
    "usr/bin/python3",
}

UNNEEDED = re.compile(r"usr/(share/(doc/.*/(?!copyright$)[^/]+$|lintian/|man/)|lib/(python3\.11/test|[^/]+/gconv)/)")
"""Documentation except licences, Python's tests, and conversions that only iconv uses."""

_LIST = re.compile(r"var/lib/dpkg/info/([^:/]+)(?::[^/]+)?\.list")

_DOCKERFILE = """\
FROM scratch
ADD {archive} /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
"""


class BaseImages:
    """The builder, with pip and a shell, and the runtime, with the same Python and little else.

    Named by a hash of this file, so that another recipe makes other images.
    """

    def __init__(self, home: Home) -> None:
        self.buildah = Buildah(home)
        recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
        self.builder = f"{REGISTRY}/base/builder:{recipe}"
        self.runtime = f"{REGISTRY}/base/runtime:{recipe}"

    @property
    def references(self) -> dict[str, str]:
        """Build argument -> image."""
        return {"BUILDER_IMAGE": self.builder, "RUNTIME_IMAGE": self.runtime}

    def prepare(self, report: Report) -> None:
        """Make both images, unless this user's image storage has them."""
        if all(self.buildah.identifier(name) for name in (self.builder, self.runtime)):
            return
        report("Building the base images from Debian packages (about half a minute)")
        self.buildah.directory.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.buildah.directory) as name:
            work = Path(name)
            bootstrap(work / "builder.tar")
            subset(work / "builder.tar", work / "runtime.tar")
            for image, archive in ((self.builder, "builder.tar"), (self.runtime, "runtime.tar")):
                dockerfile = work / "Dockerfile"
                dockerfile.write_text(_DOCKERFILE.format(archive=archive))
                self.buildah.build(image, work, dockerfile)


def bootstrap(archive: Path) -> None:
    """Write the builder's file system: installed packages of Debian and its security updates.

    From where this machine has its own packages; a machine of another suite takes Debian's public mirror.
    """
    done = subprocess.run(
        [
            *("mmdebstrap", "--mode=root", "--variant=essential", "--format=tar", "--skip=output/dev"),
            f"--include={','.join(BUILDER_PACKAGES)}",
            f"--customize-hook={NO_SERVICES}",
            *(SUITE, archive, *sources()),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(
            f"mmdebstrap could not make the base images from Debian {SUITE}. Nothing was started. "
            f"Check that `apt-get update` works here.\n{done.stderr[-2000:]}"
        )


def sources() -> list[str]:
    """This machine's sources of Debian's `SUITE`, its updates and security updates, as lines of a sources.list."""
    fields = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    filters = ("Created-By: Packages", "Origin: Debian")
    command = ["apt-get", "indextargets", "--format", fields, *filters]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    ours = (SUITE, f"{SUITE}-updates", f"{SUITE}-security")
    return sorted({line for line in listed if line.split()[2].split("/")[0] in ours})


def subset(whole: Path, part: Path) -> None:
    """Write the runtime's file system: what `RUNTIME_PACKAGES` have in the archive `whole`, and its bytecode.

    A part of the builder, so that what was installed in one runs in the other.
    """
    with tarfile.open(whole) as source:
        members = {member.name.removeprefix("./").rstrip("/"): member for member in source}
        wanted = RUNTIME_PATHS | set(_files(source, members))
        with tarfile.open(part, "w") as target:
            for path, member in members.items():
                if path in wanted and not UNNEEDED.match(path):
                    target.addfile(member, source.extractfile(member) if member.isreg() else None)


def _files(source: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Iterator[str]:
    """What dpkg says the packages hold, spelled as in a merged /usr."""
    for name, member in members.items():
        package = _LIST.fullmatch(name)
        listing = source.extractfile(member) if package and package[1] in RUNTIME_PACKAGES else None
        for line in listing.read().decode().splitlines() if listing else ():
            path = re.sub(r"^(bin|lib|lib64|sbin)/", r"usr/\1/", line.removeprefix("/"))
            yield path
            if path.endswith(".py"):
                folder, _, module = path.rpartition("/")
                yield f"{folder}/__pycache__/{module.removesuffix('.py')}.cpython-311.pyc"
