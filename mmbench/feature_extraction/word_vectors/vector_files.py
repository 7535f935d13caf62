"""Files of pretrained word vectors: recognised by their content, opened once."""

from __future__ import annotations

import functools
import mmap
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import DataError, MissingWeightsError
from mmbench.feature_extraction.word_vectors.fasttext_file import MAGIC, FastTextVectors
from mmbench.feature_extraction.word_vectors.word2vec_files import (
    BOM,
    BinaryVectors,
    Buffer,
    TextVectors,
    parse_header,
)
from mmbench.untrusted import check_regular, unpack

__all__ = ["VectorFile", "open_vectors"]

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
# What a text file can't hold in its first kilobytes, and binary numbers soon do.
_CONTROL_CODES = bytes(set(range(32)) - set(b"\t\n\r"))
_SAMPLE_BYTES = 4096


class VectorFile(Protocol):
    """What every format is read through."""

    vector_size: int

    def lookup(
        self, words: Sequence[str]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return which words have a vector, and all vectors (zeros for the others).

        Parameters
        ----------
        words : sequence of str
            The words, as the file spells them.

        Returns
        -------
        tuple of (ndarray, ndarray)
            Bools of shape (n_words,), and float32 of shape (n_words, vector_size).

        Raises
        ------
        ValueError
            When a vector can't be read or has NaN or infinity.
        """


def open_vectors(path: str | os.PathLike[str]) -> VectorFile:
    """Open a file of word vectors; a file that hasn't changed is opened once.

    Parameters
    ----------
    path : path
        A file in the text or binary format of word2vec, GloVe's text format or
        fastText's ``.bin``, which its content tells apart; gzipped or not. It is
        memory-mapped where it isn't gzipped. No format here can carry code.

    Returns
    -------
    VectorFile

    Raises
    ------
    MissingWeightsError
        When there is no such file, or it can't be read.
    ValueError
        When its content is malformed; the message says where.
    """
    try:
        check_regular(Path(path))
        stat = Path(path).stat()
        return _open(os.path.realpath(path), stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise MissingWeightsError(
            f"the word vectors {os.fspath(path)!r} can't be read "
            f"({error.strerror or error}); give a file of pretrained vectors "
            "(word2vec, GloVe or fastText .bin) with: --vectors PATH"
        ) from error


@functools.lru_cache(maxsize=2)
def _open(path: str, _size: int, _mtime_ns: int) -> VectorFile:
    name = Path(path).name
    buffer = _content(path)
    if not len(buffer):
        raise ValueError(f"{name}: the file is empty.")
    if buffer[: len(_ZIP_MAGIC)] == _ZIP_MAGIC:
        raise ValueError(f"{name}: it is a zip archive; unpack it first.")
    if buffer[: len(MAGIC)] == MAGIC:
        return FastTextVectors(buffer, name)
    if _is_binary(buffer):
        return BinaryVectors(buffer, name)
    return TextVectors(buffer, name)


def _content(path: str) -> Buffer:
    with Path(path).open("rb") as file:
        if file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC:
            try:
                return unpack(Path(path).read_bytes(), ".gz")[0]
            except DataError as error:
                raise ValueError(f"{Path(path).name}: {error}") from error
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _is_binary(buffer: Buffer) -> bool:
    """Return whether a file is in word2vec's binary format, by its first two lines."""
    end = buffer.find(b"\n")
    if end < 0 or parse_header(buffer[:end].removeprefix(BOM)) is None:
        return False
    sample = buffer[end + 1 : end + 1 + _SAMPLE_BYTES]
    return sample.translate(None, _CONTROL_CODES) != sample
