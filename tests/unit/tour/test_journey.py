"""What the services do."""

from typing import Any

import pytest

from tests.unit.tour.conftest import Load
from tests.unit.tour.exchange import ask, run

ADA = {"email": "ada@example.com", "password": "a long password"}


def test_who_signed_up_is_known_by_the_token(load: Load) -> None:
    auth = load("auth")
    user = ask(auth, "POST", "/api/v1/auth/signup", ADA).json()["user"]
    assert ask(auth, "GET", "/api/v1/users/me", user=user["id"]).json()["user"] == user
    assert ask(auth, "GET", "/api/v1/users/me").json()["user"] is None


def test_an_address_can_be_taken_once(load: Load) -> None:
    auth = load("auth")
    assert ask(auth, "POST", "/api/v1/auth/signup", ADA).status_code == 201
    assert ask(auth, "POST", "/api/v1/auth/signup", ADA).status_code == 409


def test_passwords_are_kept_hashed_and_never_answered(load: Load) -> None:
    auth = load("auth")
    answered = ask(auth, "POST", "/api/v1/auth/signup", ADA)
    assert ADA["password"] not in f"{answered.text} {auth.database['users'].documents}"
    refused = ask(auth, "POST", "/api/v1/auth/signup", {**ADA, "email": "none"})
    assert refused.status_code == 422
    assert ADA["password"] not in refused.text


def test_an_unknown_address_and_a_wrong_password_are_refused_alike(load: Load) -> None:
    auth = load("auth")
    ask(auth, "POST", "/api/v1/auth/signup", ADA)
    wrong = ask(auth, "POST", "/api/v1/auth/login", {**ADA, "password": "another one"})
    unknown = ask(auth, "POST", "/api/v1/auth/login", {**ADA, "email": "bob@example.com"})
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.status_code == 401
    assert ask(auth, "POST", "/api/v1/auth/login", ADA).json()["access"]


def test_an_access_token_renews_nothing(load: Load) -> None:
    auth = load("auth")
    tokens = ask(auth, "POST", "/api/v1/auth/signup", ADA).json()
    assert ask(auth, "POST", "/api/v1/auth/refresh", {"refresh": tokens["access"]}).status_code == 401
    assert ask(auth, "POST", "/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).json()["access"]


def _booked(booking: Any) -> str:
    answered = ask(booking, "POST", "/api/v1/bookings", {"tour": "1", "seats": 2}, user="ada")
    assert answered.status_code == 201
    return answered.json()["booking"]["id"]


def test_a_booking_is_stored_announced_and_cached(load: Load) -> None:
    booking = load("booking")
    made = _booked(booking)
    assert booking.events.published == [("booking:created", {"id": made, "user": "ada"})]
    asked = [ask(booking, "GET", f"/api/v1/bookings/{made}").json() for _ in range(2)]
    assert [answered["cache"] for answered in asked] == ["miss", "hit"]
    assert asked[0]["booking"] == asked[1]["booking"] | {"id": made, "status": "created", "seats": 2}


def test_what_does_not_exist_is_not_cached(load: Load) -> None:
    booking = load("booking")
    for _ in range(2):
        answered = ask(booking, "GET", "/api/v1/bookings/none").json()
        assert (answered["booking"], answered["cache"]) == (None, "miss")


@pytest.mark.parametrize(
    ("first", "status", "second"),
    [("payment:created", "paid", "expiration:complete"), ("expiration:complete", "expired", "payment:created")],
)
def test_the_first_event_about_a_booking_decides(load: Load, first: str, status: str, second: str) -> None:
    booking = load("booking")
    made = _booked(booking)
    assert ask(booking, "GET", f"/api/v1/bookings/{made}").json()["booking"]["status"] == "created"
    for subject in (first, second, first):
        run(booking.events.tell(subject, id=made))
        assert ask(booking, "GET", f"/api/v1/bookings/{made}").json()["booking"]["status"] == status


def test_expired_seats_are_free_again(load: Load) -> None:
    booking = load("booking")
    made = _booked(booking)
    assert ask(booking, "GET", "/api/v1/tours/1/bookings").json()["seats"] == 2
    run(booking.events.tell("expiration:complete", id=made))
    assert ask(booking, "GET", "/api/v1/tours/1/bookings").json()["seats"] == 0


def test_everyone_sees_only_their_own_bookings(load: Load) -> None:
    booking = load("booking")
    made = _booked(booking)
    seen = {
        user: [one["id"] for one in ask(booking, "GET", "/api/v1/bookings", user=user).json()["bookings"]]
        for user in ("ada", "bob", None)
    }
    assert seen == {"ada": [made], "bob": [], None: []}


def test_a_clock_rings_when_it_has_run_out_and_once(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPIRATION_SECONDS", "60")
    expiration = load("expiration")
    now = 1000.0
    monkeypatch.setattr(expiration.time, "time", lambda: now)
    run(expiration.events.tell("booking:created", id="b", user="ada"))
    now = 1059.0
    run(expiration.events.tell("booking:created", id="b", user="ada"))
    run(expiration.ring())
    assert expiration.events.published == []
    now = 1060.0
    run(expiration.ring())
    run(expiration.ring())
    assert expiration.events.published == [("expiration:complete", {"id": "b"})]


def test_a_payment_is_made_once_and_by_who_booked(load: Load) -> None:
    payment = load("payment")
    run(payment.events.tell("booking:created", id="b", user="ada"))
    statuses = [
        ask(payment, "POST", "/api/v1/payments", {"booking": "b"}, user=user).status_code
        for user in ("bob", "ada", "ada")
    ]
    assert statuses == [409, 201, 409]
    assert payment.events.published == [("payment:created", {"id": "b"})]


def test_an_expired_booking_cannot_be_paid_even_if_its_creation_is_told_again(load: Load) -> None:
    payment = load("payment")
    for subject in ("booking:created", "expiration:complete", "booking:created"):
        run(payment.events.tell(subject, id="b", user="ada"))
    assert ask(payment, "POST", "/api/v1/payments", {"booking": "b"}, user="ada").status_code == 409


def test_a_new_review_is_seen_although_reviews_are_cached(load: Load) -> None:
    review = load("review")
    path = "/api/v1/tours/1/reviews"
    assert [ask(review, "GET", path).json()["cache"] for _ in range(2)] == ["miss", "hit"]
    opinion = {"tour": "1", "rating": 5, "text": "Worth the walk."}
    assert ask(review, "POST", "/api/v1/reviews", opinion, user="ada").status_code == 201
    answered = ask(review, "GET", path).json()
    assert answered["cache"] == "miss"
    assert [one["text"] for one in answered["reviews"]] == [opinion["text"]]


def test_a_browser_gets_a_page_and_everyone_else_json(load: Load) -> None:
    client = load("client")
    page = ask(client, "GET", "/", accept="text/html,application/xml;q=0.9,*/*;q=0.8")
    assert page.headers["content-type"].startswith("text/html")
    assert ask(client, "GET", "/").json() == {"service": "client", "path": "/", "method": "GET"}
