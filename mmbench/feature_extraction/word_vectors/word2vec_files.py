"""Word vectors in the formats of word2vec and GloVe: an index, and rows on demand.

Both readers go over the file once, to learn where each word's vector lies and that the
file is whole; numbers are read when a word is first asked for. So a file of gigabytes
opens in seconds, and takes memory for its words and for the vectors that were needed.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BOM", "BinaryVectors", "TextVectors", "parse_header"]

Buffer = mmap.mmap | bytes
Lookup = tuple[NDArray[np.bool_], NDArray[np.float32]]

BOM = b"\xef\xbb\xbf"
_IN_NUMBERS = b"0123456789.+-eE "
_NO_CONTROLS = bytes(set(range(256)) - set(range(32)) - {127})
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# No vector that was learnt comes near; numbers read from the wrong bytes soon do.
_LARGEST = 1e10
_HEADER_FIELDS = 2
# As Python's objects, the numbers of a line take 16 times what they take as float32.
_LINES_AT_ONCE = 1024


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return the number of words and of columns that word2vec's first line states.

    Parameters
    ----------
    line : bytes
        The first line of a file.

    Returns
    -------
    tuple of (int, int) or None
        None where the line is not a header.

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
        begin = len(BOM) if buffer[: len(BOM)] == BOM else 0
        end = _end_of_line(buffer, begin)
        first = buffer[begin:end].strip()
        header = parse_header(first)
        self.vector_size = header[1] if header else len(first.split()) - 1
        if self.vector_size < 1:
            raise ValueError(
                f"{name}, line 1: expected a word and numbers, got {first[:60]!r}."
            )
        self._rows: dict[bytes, int] = {}
        self._starts: list[int] = []
        start, line = (end + 1, 2) if header else (begin, 1)
        n_words = self._index(start, line)
        if header and n_words != header[0]:
            raise ValueError(
                f"{name}, line 1: states {header[0]} words, but {n_words} follow; "
                "the file is truncated or its first line is wrong."
            )
        # Zeros take no memory before they are written to, so this grows with the words
        # that are asked for.
        self._vectors = np.zeros((len(self._rows), self.vector_size), np.float32)
        self._is_read = np.zeros(len(self._rows), dtype=bool)

    def lookup(self, words: Sequence[str]) -> Lookup:
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
            When the line of a word is malformed, or has NaN or infinity.
        """
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
            content = _one_spaced(self._buffer[start:end])
            if content:
                word = self._word(content, line)
                # As gensim does: of a word that is there twice, the first counts.
                row = self._rows.setdefault(word.rstrip(), len(self._rows))
                if row == len(self._starts):
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
            # But a number more than there should be is no part of a word.
            last = word.split(b" ")[-1]
            if _NUMBER.fullmatch(last) and (b"." in last or not self._rows):
                numbers = b""
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
                numbers = np.array(list(map(float, b" ".join(lines).split(b" "))))
            except ValueError:
                raise self._malformed(block) from None
            if not (np.abs(numbers) < _LARGEST).all():
                raise self._malformed(block)
            self._vectors[block] = np.reshape(numbers, (len(block), -1))
            self._is_read[block] = True

    def _line(self, row: int) -> bytes:
        start = self._starts[row]
        return _one_spaced(self._buffer[start : _end_of_line(self._buffer, start)])

    def _malformed(self, rows: Sequence[int]) -> ValueError:
        """Return the error that names the first row that isn't all numbers."""
        for row in rows:
            try:
                numbers = list(map(float, self._line(row).split(b" ")))
                _check_numbers(np.array(numbers))
            except ValueError as error:
                line = self._buffer[: self._starts[row]].count(b"\n") + 1
                return ValueError(f"{self._name}, line {line}: {error}.")
        raise AssertionError(
            "a block of lines failed whose lines can be read one by one"
        )


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
        When the file ends before or behind the number of words that its header states,
        or something in it can't be a word.
    """

    def __init__(self, buffer: Buffer, name: str) -> None:
        self._buffer, self._name = buffer, name
        begin = len(BOM) if buffer[: len(BOM)] == BOM else 0
        end = _end_of_line(buffer, begin)
        header = parse_header(buffer[begin:end])
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
                    "the file is truncated or not a word2vec file."
                )
            # Some writers end each row with a line feed, which leads the next word.
            word = buffer[start:space].lstrip(b"\r\n")
            self._check_word(word, number)
            self._offsets.setdefault(word, space + 1)
            start = space + 1 + row_bytes
        n_left = len(buffer) - start
        if n_left and buffer[start:].strip(b"\r\n"):
            raise ValueError(
                f"{name}: {n_left} bytes follow the last of the {n_words} words that "
                "its header states; a word has a space in it, or the header is wrong."
            )

    def _check_word(self, word: bytes, number: int) -> None:
        """Refuse what can't be a word, as when one before it has a space in it."""
        is_word = not word.translate(None, _NO_CONTROLS)
        try:
            word.decode()
        except UnicodeDecodeError as error:
            # The original tool cuts long words, within a character if need be.
            is_word = is_word and error.reason == "unexpected end of data"
        if not is_word:
            raise ValueError(
                f"{self._name}: word {number} is {word[:60]!r}, which is not a word; "
                f"the word before it has a space in it, or the header is wrong."
            )

    def lookup(self, words: Sequence[str]) -> Lookup:
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
            When a vector has NaN or infinity.
        """
        known = np.zeros(len(words), dtype=bool)
        vectors = np.zeros((len(words), self.vector_size), dtype=np.float32)
        for i, word in enumerate(words):
            offset = self._offsets.get(word.encode())
            if offset is not None:
                known[i] = True
                vectors[i] = np.frombuffer(
                    self._buffer, dtype="<f4", count=self.vector_size, offset=offset
                )
                try:
                    _check_numbers(vectors[i])
                except ValueError as error:
                    raise ValueError(f"{self._name}, word {word!r}: {error}.") from None
        return known, vectors


def _check_numbers(numbers: NDArray[Any]) -> None:
    """Refuse NaN, infinity, and what is too large for a vector that was learnt."""
    wrong = numbers[~(np.abs(numbers) < _LARGEST)]
    if len(wrong):
        raise ValueError(f"{wrong[0]:g} is not a number of a word vector")


def _one_spaced(line: bytes) -> bytes:
    """Return a line with tabs as spaces; its length in front of the end stays."""
    return line.rstrip().replace(b"\t", b" ")


def _end_of_line(buffer: Buffer, start: int) -> int:
    end = buffer.find(b"\n", start)
    return len(buffer) if end < 0 else end
