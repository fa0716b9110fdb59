import pytest

from sandbox.cluster.api import Api
from sandbox.cluster.pki import Pki
from sandbox.errors import SandboxError
from sandbox.home import Home


def answering(home: Home, status: int, monkeypatch: pytest.MonkeyPatch) -> Api:
    """An API server that answers everything with `status`; 0 for one that does not answer."""

    def request(*_: object) -> tuple[int, bytes]:
        return status, b"because"

    api = Api(Pki(home))
    monkeypatch.setattr(api, "_request", request)
    return api


@pytest.mark.parametrize("status", [0, 200, 201, 409, 429, 503])
def test_an_object_is_left_for_later_while_the_server_is_busy(
    status: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(home, status, monkeypatch).apply("/api/v1/namespaces/a", {})


@pytest.mark.parametrize("status", [400, 403, 422])
def test_an_object_that_the_server_will_never_take_is_named_with_its_reason(
    status: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SandboxError, match=f"/api/v1/namespaces/a with status {status}: because"):
        answering(home, status, monkeypatch).apply("/api/v1/namespaces/a", {})


def test_a_server_that_does_not_answer_is_not_ready(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not answering(home, 0, monkeypatch).ready()
    assert not answering(home, 503, monkeypatch).metrics_served()
    assert answering(home, 200, monkeypatch).metrics_served()
