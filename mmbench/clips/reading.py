"""Read chosen frames of any reference of a video, and find out what is wrong."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from mmbench.clips.codecs import decoded_frames
from mmbench.clips.limits import (
    TooLargeError,
    check_length,
    check_size,
    decode_errors,
)
from mmbench.clips.opening import (
    VIDEO_SUFFIXES,
    check_reference,
    formats,
    frame_files,
    name_of,
)
from mmbench.errors import DataError, MissingDependencyError
from mmbench.untrusted import check_regular

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Choose", "read_frames", "trouble_of"]

Choose: TypeAlias = Callable[[int], Sequence[int]]
"""From how many frames there are to the positions of those to read, ascending."""


class _NoVideoError(ValueError):
    """A file holds neither a picture nor a video."""


def read_frames(cell: Any, choose: Choose) -> list[Image.Image]:
    """Read some frames of a video.

    Parameters
    ----------
    cell : str, PathLike, bytes or ndarray
        A path of a file or of a folder of frames; what a file holds; or an array of
        shape ``(n_frames, height, width[, 1 | 3 | 4])``, dtype bool or uint8.
    choose : callable
        Returns the positions of the frames to read, ascending, given how many frames
        there are.

    Returns
    -------
    list of PIL.Image.Image
        One for each position, in any of Pillow's modes.

    Raises
    ------
    DataError
        When it can't be read, is damaged, or larger than a limit.
    MissingDependencyError
        When it takes PyAV, which is not installed.
    TypeError
        When `cell` is not a reference of a video at all.

    Examples
    --------
    >>> clip = np.zeros((4, 2, 2), np.uint8)
    >>> clip[3] = 3
    >>> [f.getpixel((0, 0)) for f in read_frames(clip, lambda n: [0, n - 1])]
    [0, 3]
    """
    check_reference(cell)
    try:
        with _kept_quiet():
            return list(_frames(cell, choose))
    except MissingDependencyError:
        raise
    except decode_errors() as error:
        raise DataError(
            f"{name_of(cell)}: {_reason(error)} Where there is no video, give None."
        ) from error


def trouble_of(cell: Any) -> str:
    """Say why a video can't be used; empty if it can.

    All frames of animations, folders and arrays are decoded, so that one that ends too
    early is found; of others the first and the last.

    Parameters
    ----------
    cell : str, PathLike, bytes or ndarray
        As for :func:`read_frames`.

    Returns
    -------
    str
        A predicate, such as ``"truncated or damaged"``.

    Raises
    ------
    MissingDependencyError
        When its name says that it is a video which PyAV reads, and PyAV is lacking.
    """
    from PIL import Image

    try:
        check_reference(cell)
        with _kept_quiet():
            for _ in _frames(cell, _all, lambda n: [0, n - 1]):
                pass
    except MissingDependencyError:
        raise
    except (TooLargeError, Image.DecompressionBombError):
        return "too large"
    except FileNotFoundError:
        return "not found"
    except TypeError:
        return "no array of frames"
    except _NoVideoError:
        return "neither an animation nor a video"
    except decode_errors():
        return "truncated or damaged"
    return ""


def _all(n_frames: int) -> Sequence[int]:
    return range(n_frames)


def _frames(
    cell: Any, choose: Choose, choose_decoded: Choose | None = None
) -> Iterator[Image.Image]:
    from PIL import UnidentifiedImageError

    if isinstance(cell, np.ndarray):
        yield from _of_array(cell, choose)
        return
    path = Path(os.fsdecode(cell)) if isinstance(cell, str | os.PathLike) else None
    if path is not None and path.is_dir():
        yield from _of_folder(path, choose)
        return
    if path is not None:
        check_regular(path)
    source = path or BytesIO(cell)
    try:
        yield from _of_animation(source, choose)
    except UnidentifiedImageError as error:
        if "av" not in sys.modules and find_spec("av") is None:
            if path is None or path.suffix.lower() in VIDEO_SUFFIXES:
                raise MissingDependencyError("av", extra="video") from error
            raise _NoVideoError(
                "neither an animation that Pillow reads nor, by its name, a video"
            ) from error
        if isinstance(source, BytesIO):
            source.seek(0)
        yield from _of_video(source, choose_decoded or choose)


def _of_array(cell: Any, choose: Choose) -> Iterator[Image.Image]:
    from PIL import Image

    check_length(len(cell))
    check_size(cell.shape[2], cell.shape[1])
    for position in choose(len(cell)):
        frame = cell[position]
        flat = frame[:, :, 0] if frame.ndim == 3 and frame.shape[2] == 1 else frame
        yield Image.fromarray(flat)


def _of_folder(path: Path, choose: Choose) -> Iterator[Image.Image]:
    from PIL import Image

    files = frame_files(path)
    if not files:
        raise _NoVideoError("a folder without pictures")
    check_length(len(files))
    for position in choose(len(files)):
        check_regular(files[position])
        with Image.open(files[position], formats=formats()) as image:
            check_size(*image.size)
            image.load()
            yield image.copy()


def _of_animation(source: Path | BytesIO, choose: Choose) -> Iterator[Image.Image]:
    from PIL import Image

    with Image.open(source, formats=formats()) as image:
        check_size(*image.size)
        n_frames = int(getattr(image, "n_frames", 1))
        check_length(n_frames, image.width * image.height)
        for position in choose(n_frames):
            if n_frames > 1:
                image.seek(position)
            check_size(*image.size)
            image.load()
            yield image.copy()


def _of_video(source: Path | BytesIO, choose: Choose) -> Iterator[Image.Image]:
    import av

    try:
        yield from decoded_frames(source, choose)
    except (av.error.InvalidDataError, av.error.ArgumentError) as error:
        # The container is none that may be read, or what it holds is broken.
        known = isinstance(source, Path) and source.suffix.lower() in VIDEO_SUFFIXES
        kind = ValueError if known else _NoVideoError
        why = "no video that can be read: it is damaged, or of another kind"
        raise kind(why) from error


@contextmanager
def _kept_quiet() -> Iterator[None]:
    """Keep back Pillow's remarks about metadata and sizes: our limit is stricter."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.|mmbench\.clips\.")
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _reason(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    text = (getattr(error, "strerror", None) or str(error)).strip().rstrip(".")
    return f"{text}." if text else f"{type(error).__name__}."
