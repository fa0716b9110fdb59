"""A route that no request can reach is refused, in the order in which ingress-nginx tries them."""

from typing import Any

import pytest
from pydantic import ValidationError

from settings.mistake import SettingError
from settings.route import Route, check, refused_routes

TOUR = {
    "auth": ["/api/v1/auth/?(.*)", "/api/v1/oauth2/?(.*)", "/api/v1/users/?(.*)", "/api/v1/admin/users/?(.*)"],
    "booking": ["/api/v1/tours/?(.*)/bookings", "/api/v1/bookings/?(.*)", "/api/v1/admin/bookings/?(.*)"],
    "payment": ["/api/v1/payments/?(.*)"],
    "review": ["/api/v1/tours/?(.*)/reviews", "/api/v1/reviews/?(.*)", "/api/v1/admin/reviews/?(.*)"],
    "tour": ["/api/v1/tours/?(.*)", "/api/v1/admin/tours/?(.*)"],
    "client": ["/?(.*)"],
}


def routes(*paths: str, **fields: Any) -> list[Route]:
    """Each to a service of its own: s1, s2, ..."""
    return [
        Route.model_validate({"path": path, "service": f"s{number}", "port": 3000, **fields})
        for number, path in enumerate(paths, 1)
    ]


def refusal(*paths: str, regex: bool = True, **fields: Any) -> str:
    with pytest.raises(SettingError) as error:
        check(routes(*paths, **fields), regex=regex)
    return str(error.value)


def test_an_order_from_narrow_to_wide_is_accepted() -> None:
    tour = [Route(path=path, service=service, port=3000) for service, paths in TOUR.items() for path in paths]
    check(tour, regex=True)


def test_the_order_in_which_routes_are_written_hides_none_of_them() -> None:
    check(routes("/?(.*)", "/api/v1/auth/?(.*)"), regex=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/api/v1/to(u|r)rs/?(.*)", "/api/v1/tours/x"),
        ("/a", "/A"),
        ("/a(b|c)", "/ab+"),
        ("/[a-c]", "/b"),
        (r"/(\d+)/?(.*)", "/[0-9]{2,3}"),
        ("/a/[^/]+/?(.*)", "/a/[a-z]+/b"),
        ("/(a|b)?", "/c"),
    ],
)
def test_a_route_is_shadowed_when_a_longer_one_takes_each_of_its_paths(first: str, second: str) -> None:
    assert f"{first} (to s1) takes every path of it" in refusal(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("/a/[^/]+$", "/a/.*"), ("/ab$", "/ab"), ("/a[bc]{2}", "/a[bc]"), (r"/a\.b", "/a.b"), ("/[a-c]x", "/[^a]x")],
)
def test_routes_that_share_some_paths_are_accepted(first: str, second: str) -> None:
    check(routes(first, second), regex=True)


def test_several_routes_can_shadow_one_together() -> None:
    text = refusal("/a(b)/?(.*)", "/a(c)/?(.*)", "/a[bc]/x")
    assert "/a(c)/?(.*) (to s2) and /a(b)/?(.*) (to s1) together take every path of it" in text


def test_the_order_by_length_of_ingress_nginx_is_judged_too() -> None:
    text = refusal("/users", "/(users|people|teams)?")
    assert "tries regular expressions by descending length" in text
    assert "/users (to s1)" in text
    assert "Make /users longer" in text


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ("/legacy/(.*)", "/([a-z]+)/(old|new)", "/legacy/new"),
        ("/api/.*", "/.*/(health|ready)", "/api/ready"),
        ("/a/[bc]", "/a/[b-d]e?$", "/a/b"),
    ],
)
def test_a_path_that_two_routes_match_goes_to_the_one_that_is_written_first(first: str, second: str, path: str) -> None:
    text = refusal(first, second)
    assert text.startswith(f"{path} matches {first} (to s1), which is written first, and {second} (to s2)")
    check(routes(second, first), regex=True)


def test_routes_of_one_service_may_share_paths_in_any_order() -> None:
    one, other = routes("/legacy/(.*)", "/([a-z]+)/(old|new)")
    check([one, other.model_copy(update={"service": one.service})], regex=True)


def test_plain_paths_have_no_order() -> None:
    check(routes("/", "/api", "/api/v1"), regex=False)
    check([*routes("/api"), *routes("/api", path_type="Exact")], regex=False)


def test_a_plain_path_that_is_there_twice_is_refused() -> None:
    assert "two routes have one path" in refusal("/api", "/api/", regex=False)


@pytest.mark.parametrize(("regex", "path_type"), [(False, "ImplementationSpecific"), (True, "Prefix"), (True, "Exact")])
def test_a_regular_expression_is_refused_where_nobody_reads_it_as_one(regex: bool, path_type: str) -> None:
    assert "no request would match" in refusal("/api/.*", regex=regex, path_type=path_type)


@pytest.mark.parametrize("path", ["/a(?=b)", "/a(", "/a)", "/[a", "/*?+", "/a{3,1}", r"/\bword", "/a^b"])
def test_an_expression_that_cannot_be_judged_is_refused(path: str) -> None:
    assert "no regular expression that can be judged" in refusal(path)


def test_no_route_at_all_is_refused() -> None:
    assert "404" in refusal()


@pytest.mark.parametrize("fields", [{"path": "api"}, {"path": "/a b"}, {"port": 0}, {"port": "Http"}, {"port": "80"}])
def test_an_impossible_path_or_port_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="Write"):
        Route.model_validate({"path": "/", "service": "s", "port": 80, **fields})


def test_every_mistake_among_routes_is_told_by_its_key() -> None:
    errors = [*refused_routes("routes", routes("/users", "/(users|people|teams)?", "/a("), regex=True)]
    assert [error.at for error in errors] == [("routes", 2, "path"), ("routes", 0, "path")]
