"""What the server answers, how it is watched, and how it ends."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import grpc
import pytest
from grpc import StatusCode
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from prometheus_client import REGISTRY

from tests.unit.pr12er.ports import free
from tests.unit.pr12er.protocol import APPS, GENERATED, HealthStub, reviews, rpcs

from server.catalogue import VIDEOS  # isort: skip
from server.certificate import self_signed  # isort: skip
from server.server import SERVICES, started  # isort: skip

SERVICE = "pr12er.v1.Reviews"


def answered(ask: Callable[[grpc.aio.Channel], Awaitable[Any]]) -> Any:
    """What `ask` makes of a channel to a server in this process."""

    async def run() -> Any:
        port = free()
        server, _ = await started("127.0.0.1", port)
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                return await ask(channel)
        finally:
            # A client may have its status before the handler has ended.
            await server.stop(5)

    return asyncio.run(run())


def test_under_tls_the_server_answers_with_a_certificate_of_its_own() -> None:
    async def run() -> Any:
        port, tls_port = free(), free()
        server, _ = await started("127.0.0.1", port, tls_port)
        certificate = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", tls_port))
        credentials = grpc.ssl_channel_credentials(certificate.encode())
        options = [("grpc.ssl_target_name_override", "pr12er")]
        try:
            async with grpc.aio.secure_channel(f"127.0.0.1:{tls_port}", credentials, options) as channel:
                return await HealthStub(channel).Check(HealthCheckRequest())
        finally:
            await server.stop(5)

    assert asyncio.run(run()).status == HealthCheckResponse.SERVING


def test_each_server_has_a_key_of_its_own() -> None:
    assert self_signed()[0] != self_signed()[0]


def refused(ask: Callable[[Any], Awaitable[Any]]) -> StatusCode:
    """The status of an RPC that fails."""

    async def run(channel: grpc.aio.Channel) -> StatusCode:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await ask(rpcs.ReviewsStub(channel))
        return error.value.code()

    return answered(run)


def handled(method: str, code: str) -> float:
    labels = {"grpc_service": SERVICE, "grpc_method": method, "grpc_code": code}
    return REGISTRY.get_sample_value("grpc_server_handled_total", labels) or 0


def get(number: int) -> Callable[[Any], Awaitable[Any]]:
    return lambda stub: stub.GetVideo(reviews.GetVideoRequest(number=number))


def pages(**request: Any) -> Callable[[Any], Awaitable[Any]]:
    return lambda stub: stub.ListVideos(reviews.ListVideosRequest(**request))


def watch(number: int, start: int) -> Callable[[Any], Awaitable[list[Any]]]:
    async def ask(stub: Any) -> list[Any]:
        request = reviews.WatchVideoRequest(number=number, start_second=start)
        return [moment async for moment in stub.WatchVideo(request)]

    return ask


def test_a_video_is_found_by_its_number() -> None:
    video = answered(lambda channel: get(5)(rpcs.ReviewsStub(channel)))
    assert (video.number, video.title) == (5, "Attention Is All You Need")
    starts = [chapter.start_second for chapter in video.chapters]
    assert starts == sorted({*starts}) and starts[0] == 0 and starts[-1] < video.seconds


def test_pages_hold_every_video_once_and_in_order() -> None:
    async def every(channel: grpc.aio.Channel) -> list[list[int]]:
        numbers, token = [], ""
        while not numbers or token:
            page = await pages(page_size=3, page_token=token)(rpcs.ReviewsStub(channel))
            numbers.append([video.number for video in page.videos])
            token = page.next_page_token
        return numbers

    found = answered(every)
    assert [len(page) for page in found] == [3, 3, 2]
    assert [number for page in found for number in page] == [*VIDEOS]


def test_a_keyword_leaves_the_other_videos_out() -> None:
    page = answered(lambda channel: pages(keyword="attention")(rpcs.ReviewsStub(channel)))
    assert [video.number for video in page.videos] == [5, 8]
    assert not page.next_page_token


def test_a_video_streams_second_by_second_from_where_the_client_wants_it() -> None:
    moments = answered(lambda channel: watch(1, 20)(rpcs.ReviewsStub(channel)))
    assert [moment.second for moment in moments] == [*range(20, VIDEOS[1].seconds)]
    chapters = [moment.chapter for moment in moments]
    assert [*dict.fromkeys(chapters)] == [chapter.title for chapter in VIDEOS[1].chapters]


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (get(99), StatusCode.NOT_FOUND),
        (pages(page_token="x"), StatusCode.INVALID_ARGUMENT),
        (pages(page_size=-1), StatusCode.INVALID_ARGUMENT),
        (watch(99, 0), StatusCode.NOT_FOUND),
        (watch(1, 1_000_000), StatusCode.OUT_OF_RANGE),
        (watch(1, -1), StatusCode.OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_answered_has_the_status_that_says_why(ask: Any, status: StatusCode) -> None:
    assert refused(ask) == status


def test_each_rpc_is_counted_with_its_status_and_questions_of_health_are_not() -> None:
    before = [handled("GetVideo", "OK"), handled("GetVideo", "NOT_FOUND"), handled("WatchVideo", "OUT_OF_RANGE")]
    answered(lambda channel: get(1)(rpcs.ReviewsStub(channel)))
    refused(get(99))
    refused(watch(1, -1))
    answered(lambda channel: HealthStub(channel).Check(HealthCheckRequest()))
    after = [handled("GetVideo", "OK"), handled("GetVideo", "NOT_FOUND"), handled("WatchVideo", "OUT_OF_RANGE")]
    assert after == [count + 1 for count in before]
    services = {
        sample.labels["grpc_service"]
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if "grpc_service" in sample.labels
    }
    assert services == {SERVICE}


def test_the_server_and_its_service_are_healthy_until_the_drain() -> None:
    async def statuses(stub: Any) -> set[int]:
        return {(await stub.Check(HealthCheckRequest(service=each))).status for each in SERVICES}

    async def run() -> tuple[set[int], set[int]]:
        port = free()
        server, health = await started("127.0.0.1", port)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            before = await statuses(HealthStub(channel))
            await health.enter_graceful_shutdown()
            after = await statuses(HealthStub(channel))
        await server.stop(None)
        return before, after

    assert set(SERVICES) == {"", SERVICE}
    assert asyncio.run(run()) == ({HealthCheckResponse.SERVING}, {HealthCheckResponse.NOT_SERVING})


def test_a_port_that_is_taken_is_an_error() -> None:
    async def run() -> None:
        port = free()
        server, _ = await started("127.0.0.1", port)
        try:
            with pytest.raises(RuntimeError):
                await started("127.0.0.1", port)
        finally:
            await server.stop(None)

    asyncio.run(run())


@contextmanager
def running() -> Generator[tuple[subprocess.Popen[str], grpc.Channel, int]]:
    """The server as its image starts it; its channel, and the port of its metrics."""
    port, metrics = free(), free()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(APPS), str(GENERATED)]),
        "PR12ER_GRPC_PORT": str(port),
        "PR12ER_PROMETHEUS_PORT": str(metrics),
    }
    with (
        subprocess.Popen(
            [sys.executable, "-m", "server"], env=environment, stdout=subprocess.PIPE, text=True
        ) as process,
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        try:
            grpc.channel_ready_future(channel).result(timeout=30)
            yield process, channel, metrics
        finally:
            process.kill()


def test_after_sigterm_it_is_unhealthy_answers_late_clients_ends_streams_under_way_and_exits_with_0() -> None:
    with running() as (process, channel, _):
        stub = rpcs.ReviewsStub(channel)
        stream = stub.WatchVideo(reviews.WatchVideoRequest(number=5))
        first = next(stream).second
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 2
        while HealthStub(channel).Check(HealthCheckRequest()).status == HealthCheckResponse.SERVING:
            assert time.monotonic() < deadline, "the drain leaves it healthy"
        assert stub.GetVideo(reviews.GetVideoRequest(number=1)).number == 1
        assert [first, *(moment.second for moment in stream)] == [*range(VIDEOS[5].seconds)]
        assert process.wait(timeout=10) == 0
        assert process.stdout
        lines = [json.loads(line) for line in process.stdout]
    assert {"severity", "time", "message"} <= lines[0].keys()
    assert [line["code"] for line in lines if line.get("rpc") == f"{SERVICE}/WatchVideo"] == ["OK"]


def test_metrics_are_served_on_a_port_of_their_own() -> None:
    with running() as (_, channel, metrics):
        rpcs.ReviewsStub(channel).GetVideo(reviews.GetVideoRequest(number=1))
        with urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as response:
            assert response.headers["Content-Type"].startswith("text/plain")
            text = response.read().decode()
    sample = f'grpc_server_handled_total{{grpc_code="OK",grpc_method="GetVideo",grpc_service="{SERVICE}"}} 1.0'
    assert sample in text.splitlines()
