"""Word vectors in the formats of word2vec and GloVe: an index, and rows on demand.

Both readers go over the file once, to learn where each word's vector lies and that the
file is whole; numbers are read when a word is first asked for. So a file of gigabytes
opens in seconds, and takes memory for its words and for the vectors that were needed.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["BinaryVectors", "TextVectors", "parse_header"]

Buffer = mmap.mmap | bytes
Lookup = tuple[NDArray[np.bool_], NDArray[np.float32]]

_IN_NUMBERS = b"0123456789.+-eE "
_HEADER_FIELDS = 2
# As Python's objects, the numbers of a line take 16 times what they take as float32.
_LINES_AT_ONCE = 1024


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return the number of words and of columns that word2vec's first line states.

    Examples
    --------
    >>> parse_header(b"400000 300"), parse_header(b"the 0.1 0.2")
    ((400000, 300), None)
    """
    fields = line.split()
    if len(fields) == _HEADER_FIELDS and all(f.isdigit() for f in fields):
        return int(fields[0]), int(fields[1])
    return None


class TextVectors:
    """A text file of word vectors: ``word number number ...`` on each line.

    Parameters
    ----------
    buffer : mmap or bytes
        The file's content.
    name : str
        What errors call the file.

    Raises
    ------
    ValueError
        When a line is malformed or the number of words isn't the one that the header
        states; the message names the line.
    """

    def __init__(self, buffer: Buffer, name: str) -> None:
        self._buffer, self._name = buffer, name
        end = _end_of_line(buffer, 0)
        first = buffer[:end].rstrip()
        header = parse_header(first)
        self.vector_size = header[1] if header else first.count(b" ")
        if not self.vector_size:
            raise ValueError(
                f"{name}, line 1: expected a word and numbers, got {first[:60]!r}."
            )
        self._rows: dict[bytes, int] = {}
        self._starts: list[int] = []
        n_words = self._index(start=end + 1 if header else 0, line=2 if header else 1)
        if header and n_words != header[0]:
            raise ValueError(
                f"{name}, line 1: states {header[0]} words, but {n_words} follow; "
                "the file is cut short or its first line is wrong."
            )
        # Zeros take no memory before they are written to, so this grows with the words
        # that are asked for.
        self._vectors = np.zeros((len(self._rows), self.vector_size), np.float32)
        self._is_read = np.zeros(len(self._rows), dtype=bool)

    def lookup(self, words: Sequence[str]) -> Lookup:
        """Return which words have a vector, and all vectors (zeros for the others)."""
        rows = np.array([self._rows.get(word.encode(), -1) for word in words], np.int64)
        known = rows >= 0
        self._read(np.unique(rows[known]))
        vectors = np.zeros((len(words), self.vector_size), dtype=np.float32)
        vectors[known] = self._vectors[rows[known]]
        return known, vectors

    def _index(self, start: int, line: int) -> int:
        """Note where the numbers of each word start; return the number of words."""
        n_words = 0
        while start < len(self._buffer):
            end = _end_of_line(self._buffer, start)
            content = self._buffer[start:end].rstrip()
            if content:
                word = self._word(content, line)
                # As gensim does: of a word that is there twice, the first counts.
                if self._rows.setdefault(word, len(self._rows)) == len(self._starts):
                    self._starts.append(start + len(word) + 1)
                n_words += 1
            start, line = end + 1, line + 1
        return n_words

    def _word(self, content: bytes, line: int) -> bytes:
        word, _, numbers = content.partition(b" ")
        if numbers.count(b" ") >= self.vector_size:
            # A few "words" of published files have spaces in them.
            word = content.rsplit(b" ", self.vector_size)[0]
            numbers = content[len(word) + 1 :]
        is_vector = numbers.count(b" ") == self.vector_size - 1
        if not is_vector or numbers.translate(None, _IN_NUMBERS):
            raise ValueError(
                f"{self._name}, line {line}: expected a word and {self.vector_size} "
                f"numbers, got {content[:60]!r}."
            )
        return word

    def _read(self, rows: NDArray[np.int64]) -> None:
        """Read the numbers of the rows that were not read before."""
        unread = rows[~self._is_read[rows]]
        for first in range(0, len(unread), _LINES_AT_ONCE):
            block = unread[first : first + _LINES_AT_ONCE].tolist()
            lines = [self._line(row) for row in block]
            try:
                numbers = list(map(float, b" ".join(lines).split(b" ")))
            except ValueError:
                raise self._malformed(block) from None
            self._vectors[block] = np.reshape(numbers, (len(block), -1))
            self._is_read[block] = True

    def _line(self, row: int) -> bytes:
        start = self._starts[row]
        return self._buffer[start : _end_of_line(self._buffer, start)].rstrip()

    def _malformed(self, rows: Sequence[int]) -> ValueError:
        """Return the error that names the first row that isn't all numbers."""
        for row in rows:
            try:
                list(map(float, self._line(row).split(b" ")))
            except ValueError as error:
                line = self._buffer[: self._starts[row]].count(b"\n") + 1
                return ValueError(f"{self._name}, line {line}: {error}.")
        raise AssertionError("lines that hold numbers one by one hold them together")


class BinaryVectors:
    """A binary file of word2vec's: ``word`` and a row of little-endian float32.

    Parameters
    ----------
    buffer : mmap or bytes
        The file's content.
    name : str
        What errors call the file.

    Raises
    ------
    ValueError
        When the file ends before the number of words that its header states.
    """

    def __init__(self, buffer: Buffer, name: str) -> None:
        self._buffer = buffer
        end = _end_of_line(buffer, 0)
        header = parse_header(buffer[:end])
        if header is None or not header[1]:
            raise ValueError(
                f"{name}: no word2vec header, got {buffer[: min(end, 60)]!r}."
            )
        n_words, self.vector_size = header
        self._offsets: dict[bytes, int] = {}
        start, row_bytes = end + 1, 4 * self.vector_size
        for number in range(1, n_words + 1):
            space = buffer.find(b" ", start)
            if space < 0 or space + 1 + row_bytes > len(buffer):
                raise ValueError(
                    f"{name}: states {n_words} words, but ends within word {number}; "
                    "the file is cut short or no word2vec file."
                )
            # Some writers end each row with a line feed, which leads the next word.
            word = buffer[start:space].lstrip(b"\n")
            self._offsets.setdefault(word, space + 1)
            start = space + 1 + row_bytes

    def lookup(self, words: Sequence[str]) -> Lookup:
        """Return which words have a vector, and all vectors (zeros for the others)."""
        known = np.zeros(len(words), dtype=bool)
        vectors = np.zeros((len(words), self.vector_size), dtype=np.float32)
        for i, word in enumerate(words):
            offset = self._offsets.get(word.encode())
            if offset is not None:
                known[i] = True
                vectors[i] = np.frombuffer(
                    self._buffer, dtype="<f4", count=self.vector_size, offset=offset
                )
        return known, vectors


def _end_of_line(buffer: Buffer, start: int) -> int:
    end = buffer.find(b"\n", start)
    return len(buffer) if end < 0 else end
