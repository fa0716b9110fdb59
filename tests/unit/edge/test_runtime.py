"""Endpoints come and go without a request that finds none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox.edge.model import Backend, Endpoint, HealthCheck
from sandbox.edge.runtime import Server, parse_states, steps

BACKEND = Backend("web", ("shop", "web"), "http", HealthCheck(healthy=2), drain=30)
OLD, NEW = Endpoint("10.244.0.1", 8000), Endpoint("10.244.0.2", 8000)
LEAVING = Endpoint(OLD.address, OLD.port, draining=True)


def server(
    endpoint: Endpoint, *, maintenance: bool = False, draining: bool = False, up: bool = True, passed: int = 3
) -> dict[str, Server]:
    taking = up and not maintenance
    return {endpoint.name: Server(endpoint.address, endpoint.port, maintenance, draining, taking, passed)}


STATES = """\
1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ...
2 web 1 10.244.0.1:8000 10.244.0.1 2 0 1 1 3 15 3 2 6 0 0 0 - 8000 - 0 0 - - 0
2 web 2 10.244.0.2:8000 10.244.0.2 0 1 1 1 0 15 3 1 6 0 0 0 - 8000 - 0 0 - - 0
3 api 1 10.244.0.3:9000 10.244.0.3 2 8 1 1 9 15 3 2 6 0 0 0 - 9000 - 0 0 - - 0
4 api-handover 1 next 127.45.0.1 2 0 1 1 9 1 0 1 0 0 0 0 - 442 - 0 0 - - 0

"""


def test_haproxys_own_list_of_servers_is_understood() -> None:
    states = parse_states(STATES)
    assert states["web"] == server(OLD, passed=2) | server(NEW, maintenance=True, passed=1)
    assert states["api"]["10.244.0.3:9000"] == Server("10.244.0.3", 9000, False, True, True, 2)


def test_a_new_endpoint_is_added_checked_and_takes_no_request_yet() -> None:
    add, check = steps(BACKEND, [OLD, NEW], server(OLD), {})
    assert add.startswith("add server web/10.244.0.2:8000 10.244.0.2:8000 check ")
    assert check == "enable health web/10.244.0.2:8000"


def test_an_endpoint_whose_readiness_is_trusted_takes_requests_at_once() -> None:
    add, ready = steps(replace(BACKEND, health=None), [NEW], {}, {})
    assert add.startswith(f"add server web/{NEW.name} ")
    assert ready == f"set server web/{NEW.name} state ready"


@pytest.mark.parametrize(("passed", "commands"), [(0, []), (1, []), (2, [f"set server web/{NEW.name} state ready"])])
def test_it_takes_requests_once_it_has_passed_its_threshold_of_checks(passed: int, commands: list[str]) -> None:
    running = server(OLD) | server(NEW, maintenance=True, passed=passed)
    assert steps(BACKEND, [OLD, NEW], running, {}) == commands


def test_a_terminating_endpoint_serves_until_another_is_up() -> None:
    waiting = server(OLD) | server(NEW, maintenance=True, passed=0)
    assert steps(BACKEND, [LEAVING, NEW], waiting, {}) == []
    assert steps(BACKEND, [LEAVING, NEW], server(OLD) | server(NEW, up=False), {}) == []
    assert steps(BACKEND, [LEAVING, NEW], server(OLD) | server(NEW), {}) == [f"set server web/{OLD.name} state drain"]


def test_a_draining_endpoint_serves_again_when_all_others_are_gone() -> None:
    assert steps(BACKEND, [LEAVING], server(OLD, draining=True), {OLD.name: 1}) == [
        f"set server web/{OLD.name} state ready"
    ]


def test_a_terminating_endpoint_is_added_only_when_there_is_no_other() -> None:
    assert steps(BACKEND, [LEAVING], {}, {})
    assert not any(OLD.name in command for command in steps(BACKEND, [LEAVING, NEW], server(NEW), {}))


def test_an_endpoint_that_left_takes_no_new_requests() -> None:
    assert steps(BACKEND, [NEW], server(OLD) | server(NEW), {}) == [f"set server web/{OLD.name} state maint"]
    assert steps(BACKEND, [], server(OLD), {}) == [f"set server web/{OLD.name} state maint"]


def test_an_endpoint_that_left_is_kept_until_its_successor_is_up() -> None:
    assert steps(BACKEND, [NEW], server(OLD) | server(NEW, maintenance=True, passed=0), {}) == []


def test_its_requests_have_the_backends_drain_time_to_finish() -> None:
    running = server(OLD, maintenance=True) | server(NEW)
    remove = f"del server web/{OLD.name}"
    assert steps(BACKEND, [NEW], running, {OLD.name: 29}) == [remove]
    assert steps(BACKEND, [NEW], running, {OLD.name: 30}) == [
        f"shutdown sessions server web/{OLD.name}",
        remove,
    ]


def test_a_draining_endpoint_is_cut_after_the_same_time() -> None:
    running = server(OLD, draining=True) | server(NEW)
    assert steps(BACKEND, [LEAVING, NEW], running, {OLD.name: 29}) == []
    assert steps(BACKEND, [LEAVING, NEW], running, {OLD.name: 30}) == [f"shutdown sessions server web/{OLD.name}"]


def test_an_endpoint_that_comes_back_before_it_was_removed_serves_again() -> None:
    running = server(OLD, maintenance=True, passed=0) | server(NEW)
    assert steps(BACKEND, [OLD, NEW], running, {OLD.name: 5}) == [f"set server web/{OLD.name} state ready"]


def test_nothing_is_done_when_all_is_as_wanted() -> None:
    assert steps(BACKEND, [OLD, LEAVING, NEW][1:], server(OLD, draining=True) | server(NEW), {OLD.name: 1}) == []
    assert steps(BACKEND, [OLD, NEW], server(OLD) | server(NEW), {}) == []


def obey(running: dict[str, Server], commands: list[str]) -> dict[str, Server]:
    """What HAProxy makes of the commands; every check succeeds between two looks."""
    for command in commands:
        verb, rest = command.split()[0], command.split()[2].partition("/")[2]
        if verb == "add":
            address, _, port = rest.partition(":")
            running[rest] = Server(address, int(port), True, False, False, 0)
        elif verb == "set":
            state = command.split()[-1]
            old = running[rest]
            running[rest] = Server(old.address, old.port, state == "maint", state == "drain", state != "maint", 3)
        elif verb == "del":
            del running[rest]
    return {
        name: Server(one.address, one.port, one.maintenance, one.draining, one.up, one.passed + 1)
        for name, one in running.items()
    }


def rollout() -> Iterator[list[Endpoint]]:
    """One replica is replaced, by the harshest timing: ready and terminating are seen together."""
    yield from [[OLD]] * 4
    yield from [[LEAVING, NEW]] * 2
    yield from [[NEW]] * 8


def test_a_rollout_always_leaves_an_endpoint_that_takes_requests() -> None:
    running: dict[str, Server] = server(OLD)
    for wanted in rollout():
        running = obey(running, steps(BACKEND, wanted, running, {}))
        assert any(one.up and not one.draining for one in running.values())
    assert list(running) == [NEW.name]
