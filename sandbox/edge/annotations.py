"""The annotations of class nginx, as far as they are simulated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.edge.model import Protocol
from sandbox.edge.objects import IngressError, Object, annotations

PREFIX = "nginx.ingress.kubernetes.io/"


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _seconds(text: str) -> int:
    if int(text) <= 0:
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True)
class Settings:
    """What the annotations of one Ingress say, by their names, with ingress-nginx's defaults."""

    use_regex: bool = False
    ssl_redirect: bool = True
    """To HTTPS, when `spec.tls` names the host."""
    force_ssl_redirect: bool = False
    backend_protocol: Protocol = Protocol.HTTP
    proxy_read_timeout: int = 60
    proxy_send_timeout: int = 60

    @classmethod
    def of(cls, ingress: Object) -> "Settings":
        """Raises `IngressError` that names every annotation that is not simulated, or has no such value."""
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for name, text in annotations(ingress).items():
            short = name.removeprefix(PREFIX)
            if short == name:
                continue
            if short not in _READERS:
                wrong.append(f"Annotation {name} is not simulated: remove it (these are: {', '.join(_READERS)}).")
                continue
            try:
                values[short.replace("-", "_")] = _READERS[short](text)
            except ValueError:
                wrong.append(f'Annotation {name} cannot be "{text}": correct it.')
        if wrong:
            raise IngressError("Rejected", " ".join(wrong))
        return cls(**values)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "use-regex": _boolean,
    "ssl-redirect": _boolean,
    "force-ssl-redirect": _boolean,
    "backend-protocol": lambda text: Protocol(text.upper()),
    "proxy-read-timeout": _seconds,
    "proxy-send-timeout": _seconds,
}
