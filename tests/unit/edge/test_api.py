"""A patch that comes too late is left for the next look; any other failure is told."""

from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import ApiException

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
