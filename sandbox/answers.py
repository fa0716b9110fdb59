"""Whether a deployed stack answers on its address, as a client on the internet would see it."""

import time
from dataclasses import dataclass
from pathlib import Path

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Site:
    """A domain served on an address that no DNS knows."""

    address: str
    domain: str
    ca: Path
    """Authority (PEM) that the certificate must come from."""

    def status(self, path: str, *, https: bool) -> int | None:
        """The HTTP status of GET `path`; None when there is no answer or no trusted certificate.

        A redirect from HTTP to HTTPS of the same domain counts as 200.
        """
        try:
            with self._pool(https) as pool:
                response = pool.request("GET", path, headers={"Host": self.domain}, redirect=False)
        except HTTPError:
            return None
        secured = response.headers.get("Location", "").startswith(f"https://{self.domain}")
        return 200 if secured and not https else response.status

    def wait(self, path: str, *, https: bool, seconds: float) -> None:
        """Return once GET `path` answers 200; raise with the last answer when the time is up."""
        deadline = time.monotonic() + seconds
        while (status := self.status(path, https=https)) != 200:
            if time.monotonic() > deadline:
                url = f"{'https' if https else 'http'}://{self.domain}{path}"
                raise SandboxError(
                    f"{url} on {self.address} answers {status or 'nothing'} after {seconds:.0f} s instead of 200. "
                    "The stack is deployed but not serving: see `python -m sandbox logs edge`."
                )
            time.sleep(0.2)

    def _pool(self, https: bool) -> HTTPConnectionPool:
        if not https:
            return HTTPConnectionPool(self.address, timeout=5, retries=False)
        return HTTPSConnectionPool(
            self.address,
            ca_certs=str(self.ca),
            server_hostname=self.domain,
            assert_hostname=self.domain,
            timeout=5,
            retries=False,
        )
