"""Videos of any codec, read by PyAV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from mmbench.clips.limits import check_length, check_size

if TYPE_CHECKING:
    from PIL import Image

    from mmbench.clips.reading import Choose

__all__ = ["decoded_frames"]

# Containers of frames. Playlists and lists of files are none: what they name would be
# opened, wherever it is.
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpeg,mpegts,mpegvideo,ogg,asf,"
    "h264,hevc,m4v,mjpeg,ivf,av1"
)
_OPTIONS = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"}


class _Times(NamedTuple):
    """When frames are shown, ascending, and which of them rest on no other."""

    shown: list[int]
    keys: list[int]


def decoded_frames(source: Path | IO[bytes], choose: Choose) -> Iterator[Image.Image]:
    """Yield chosen frames of a video.

    Parameters
    ----------
    source : Path or binary file
        What holds the video. Frames are counted first, without decoding them.
    choose : callable
        Returns the positions of the frames, ascending, given how many there are.

    Yields
    ------
    Image
        In RGB; a position that appears twice is yielded twice.

    Raises
    ------
    OSError, ValueError
        When it is not a video, is damaged or too large.
    """
    import av

    file = source.open("rb") if isinstance(source, Path) else source
    try:
        with av.open(file, mode="r", options=_OPTIONS) as container:
            if not container.streams.video:
                raise ValueError("no video in it")
            stream = container.streams.video[0]
            check_size(stream.codec_context.width, stream.codec_context.height)
            times = _times(container, stream)
            check_length(len(times.shown))
            yield from _chosen(container, stream, times, choose(len(times.shown)))
    finally:
        if isinstance(source, Path):
            file.close()


def _times(container: Any, stream: Any) -> _Times:
    shown, keys, n_frames = [], [], 0
    for packet in container.demux(stream):
        if not packet.size:
            continue
        n_frames += 1
        check_length(n_frames)
        if packet.pts is not None:
            shown.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
    if len(set(shown)) < n_frames:  # times are lacking: frames are only counted
        return _Times(list(range(n_frames)), [])
    return _Times(sorted(shown), sorted(keys))


def _chosen(
    container: Any, stream: Any, times: _Times, positions: Sequence[int]
) -> Iterator[Image.Image]:
    container.seek(0, stream=stream, backward=True)
    wanted = [times.shown[position] for position in positions]
    frames, now, image = _timed(container, stream, times), None, None
    for time in wanted:
        if now is None or time > now:
            if now is not None and any(now < key <= time for key in times.keys):
                container.seek(time, stream=stream, backward=True)
                stream.codec_context.flush_buffers()
                frames = _timed(container, stream, times)
            found = next(((at, f) for at, f in frames if at >= time), None)
            if found is None:
                raise ValueError("it ends before its last frame")
            now, frame = found
            check_size(frame.width, frame.height)
            image = frame.to_image()
        assert image is not None  # noqa: S101 - for the type checker
        yield image


def _timed(container: Any, stream: Any, times: _Times) -> Iterator[tuple[int, Any]]:
    for n, frame in enumerate(container.decode(stream)):
        yield (n if not times.keys else frame.pts), frame
