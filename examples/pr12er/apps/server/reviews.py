"""The service of reviews.proto."""

from collections.abc import AsyncIterator
from typing import Any

from grpc import StatusCode
from grpc.aio import ServicerContext
from reviews_pb2 import (  # pyright: ignore[reportMissingImports] - made by the image's build
    GetVideoRequest,
    ListVideosRequest,
    ListVideosResponse,
    Moment,
    Video,
    WatchVideoRequest,
)
from reviews_pb2_grpc import ReviewsServicer  # pyright: ignore[reportMissingImports]

from server.catalogue import VIDEOS, moments

PAGE = 50
"""Videos on a page unless the client wants fewer."""

Context = ServicerContext[Any, Any]


class Reviews(ReviewsServicer):  # pyright: ignore[reportUntypedBaseClass]
    """Answers from the catalogue."""

    async def GetVideo(self, request: GetVideoRequest, context: Context) -> Video:  # noqa: N802
        return await _find(request.number, context)

    async def ListVideos(self, request: ListVideosRequest, context: Context) -> ListVideosResponse:  # noqa: N802
        token = request.page_token or "0"
        if not token.isdecimal() or request.page_size < 0:
            await context.abort(
                StatusCode.INVALID_ARGUMENT, "page_token comes from no answer, or page_size is negative."
            )
        size = min(request.page_size or PAGE, PAGE)
        found = [
            video
            for number, video in VIDEOS.items()
            if number > int(token) and (not request.keyword or request.keyword in video.keywords)
        ]
        more = str(found[size - 1].number) if len(found) > size else ""
        return ListVideosResponse(videos=found[:size], next_page_token=more)

    async def WatchVideo(self, request: WatchVideoRequest, context: Context) -> AsyncIterator[Moment]:  # noqa: N802
        video = await _find(request.number, context)
        if not 0 <= request.start_second < video.seconds:
            await context.abort(StatusCode.OUT_OF_RANGE, f"The video has the seconds 0 to {video.seconds - 1}.")
        for moment in moments(video, request.start_second):
            yield moment


async def _find(number: int, context: Context) -> Video:
    if number not in VIDEOS:
        await context.abort(StatusCode.NOT_FOUND, f"There is no video {number}: the numbers are 1 to {len(VIDEOS)}.")
    return VIDEOS[number]
