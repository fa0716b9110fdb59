"""The videos that there are."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviews_pb2 import Chapter, Moment, Video  # pyright: ignore[reportMissingImports] - made by the image's build

CHAPTERS = ("Introduction", "Related work", "Method", "Experiments", "Discussion")
"""Of each video, of one length."""


def _video(number: int, entry: Mapping[str, object]) -> Video:
    video = Video(number=number, **entry)
    length = video.seconds // len(CHAPTERS)
    video.chapters.extend(Chapter(title=title, start_second=index * length) for index, title in enumerate(CHAPTERS))
    return video


VIDEOS: Mapping[int, Video] = {
    number: _video(number, entry)
    for number, entry in enumerate(json.loads(Path(__file__).with_name("videos.json").read_text()), start=1)
}
"""By number."""


def moments(video: Video, start: int) -> Iterator[Moment]:
    """Every second of the video from `start` on."""
    for second in range(start, video.seconds):
        chapter = [each.title for each in video.chapters if each.start_second <= second][-1]
        yield Moment(second=second, chapter=chapter)
