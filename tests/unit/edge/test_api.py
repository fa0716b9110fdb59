"""A patch that comes too late is left for the next look; any other failure is told."""

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from kubernetes.client import ApiClient, ApiException, Configuration
from urllib3.exceptions import MaxRetryError

from sandbox.edge import api
from sandbox.edge.api import Api
from sandbox.edge.objects import Event, Kind


class FailingApi(Api):
    """Answers everything with one status."""

    def __init__(self, status: int) -> None:
        super().__init__(Path("absent"))
        self.status = status

    def _request(self, *_: Any, **__: Any) -> Any:
        raise ApiException(status=self.status)


@pytest.mark.parametrize("status", [404, 409])
def test_an_object_that_is_gone_or_has_changed_is_looked_at_again_later(status: int) -> None:
    FailingApi(status).patch(Kind.INGRESS, ("shop", "web"), {})


@pytest.mark.parametrize("status", [403, 404])
def test_a_namespace_that_takes_no_more_events_is_no_error(status: int) -> None:
    about = {"metadata": {"namespace": "shop", "name": "web", "uid": "1"}}
    FailingApi(status).record(Kind.INGRESS, about, Event("Sync", "Scheduled for sync"))


@pytest.mark.parametrize("status", [401, 422, 500])
def test_any_other_refusal_is_an_error(status: int) -> None:
    with pytest.raises(ApiException):
        FailingApi(status).patch(Kind.INGRESS, ("shop", "web"), {})


def test_the_authority_is_in_no_temporary_file(
    tmp_path: Path, authority: x509.Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    pem = authority.public_bytes(serialization.Encoding.PEM)
    cluster = {"server": "https://127.0.0.1:1", "certificate-authority-data": base64.b64encode(pem).decode()}
    document = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(document))
    trusted: list[str] = []

    class Watched(ApiClient):
        def __init__(self, configuration: Configuration) -> None:
            super().__init__(configuration)
            trusted.append(self.rest_client.pool_manager.connection_pool_kw["ca_cert_data"])

    monkeypatch.setattr(api, "ApiClient", Watched)
    with pytest.raises(MaxRetryError):
        Api(tmp_path / "kubeconfig").list(Kind.POD)
    assert trusted == [pem.decode()]
    assert not list((tmp_path / "temporary").iterdir())
