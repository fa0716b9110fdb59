"""What a pod reaches, asked from inside of it."""

from tests.e2e.conftest import Checkout

REACHED, REFUSED = "reached", "refused"

_CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5).close()
    print("reached")
except ConnectionRefusedError:
    print("refused")
except OSError as error:
    print(error)
"""


def connect(checkout: Checkout, namespace: str, pod: str, host: str, port: int) -> str:
    """`REACHED`, `REFUSED` (as by a NetworkPolicy, or where nobody listens), or in words why there is no connection."""
    return python(checkout, namespace, pod, _CONNECT, host, str(port))


def resolve(checkout: Checkout, namespace: str, pod: str, name: str) -> str:
    """The address that a name has for the pod."""
    return python(checkout, namespace, pod, "import socket, sys; print(socket.gethostbyname(sys.argv[1]))", name)


def python(checkout: Checkout, namespace: str, pod: str, program: str, *arguments: str) -> str:
    """What a program in Python prints in a pod whose image has Python. `pod` may be `deploy/NAME`."""
    return checkout.kubectl("exec", "-n", namespace, pod, "--", "python3", "-c", program, *arguments).strip()
