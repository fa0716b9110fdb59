"""Routes that a Gateway of GKE cannot express, or that nobody could reach, are refused before anything is applied."""

from typing import Any

import pytest

from settings.gateway_route import check, refused_routes
from settings.mistake import SettingError
from settings.route import Route

ALL = Route(path="/", path_type="Prefix", service="web", port=80)


def refusal(**changes: Any) -> str:
    route: dict[str, Any] = {"path": "/api", "path_type": "Prefix", "service": "api", "port": 3000, **changes}
    with pytest.raises(SettingError) as error:
        check([Route(**route), ALL])
    return str(error.value)


@pytest.mark.parametrize("kind", ["Prefix", "Exact"])
def test_plain_paths_are_accepted(kind: Any) -> None:
    check([Route(path="/api/v1", path_type=kind, service="api", port=3000), ALL])


@pytest.mark.parametrize("path", ["/api/?(.*)", "/tours/.*/reviews", "/api"])
def test_a_path_without_a_type_is_a_regular_expression_and_cannot_be_said(path: str) -> None:
    told = refusal(path=path, path_type="ImplementationSpecific")
    assert f"it cannot express {path} (to api)" in told
    assert "pathType: Prefix" in told


def test_a_typed_path_has_no_special_characters() -> None:
    assert "it cannot express /tours/.*/reviews" in refusal(path="/tours/.*/reviews")


def test_everything_that_is_wrong_is_told_at_once_and_where() -> None:
    wild = [Route(path=path, service="api", port="http") for path in ("/a/.*/b", "/c/.*/d")]
    located = [error.at for error in refused_routes("routes", [*wild, ALL, ALL])]
    assert located == [
        *(("routes", index, key) for index in (0, 1) for key in ("path", "port")),
        ("routes", 3, "path"),
    ]


def test_a_port_has_a_number() -> None:
    assert "names ports by number" in refusal(port="http")


def test_one_path_twice_is_refused() -> None:
    assert "No request reaches the route /" in refusal(path="/")
