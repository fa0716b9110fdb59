"""What all seven have in common."""

import pytest

from tests.unit.tour.conftest import APPS, Load
from tests.unit.tour.exchange import ask

SERVICES = ["auth", "booking", "client", "expiration", "payment", "review", "tour"]

every_service = pytest.mark.parametrize("name", SERVICES)


def test_there_are_seven() -> None:
    assert sorted({path.parent.name for path in APPS.glob("*/service.py")} - {"chassis"}) == SERVICES


@every_service
@pytest.mark.parametrize("path", ["/", "/api/v1/anything", "/a/b%20c/", "/api/v1/tours/5/bookings/3"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_any_path_is_answered_with_the_service_and_the_path(load: Load, name: str, method: str, path: str) -> None:
    content = ask(load(name), method, path).json()
    decoded = path.replace("%20", " ")
    assert (content["service"], content["path"]) == (name, decoded)


@every_service
def test_a_service_is_alive_whatever_is_down(load: Load, name: str) -> None:
    assert ask(load(name), "GET", "/livez").status_code == 200


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("auth", "/api/v1/auth/login"),
        ("booking", "/api/v1/bookings"),
        ("payment", "/api/v1/payments"),
        ("review", "/api/v1/reviews"),
        ("tour", "/api/v1/admin/tours"),
    ],
)
def test_refusals_name_service_and_path_too(load: Load, name: str, path: str) -> None:
    refused = ask(load(name), "POST", path, {}, user="ada")
    assert refused.status_code == 422
    assert (refused.json()["service"], refused.json()["path"]) == (name, path)
    assert refused.json()["error"]


@pytest.mark.parametrize("name", ["booking", "payment", "review"])
def test_strangers_cannot_write(load: Load, name: str) -> None:
    service = load(name)
    body = {"tour": "1", "booking": "1", "rating": 5, "text": ""}
    answered = ask(service, "POST", f"/api/v1/{name}s", body)
    assert answered.status_code == 401
    assert "Log in" in answered.json()["error"]
