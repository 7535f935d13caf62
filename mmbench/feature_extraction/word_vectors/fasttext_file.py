"""Word vectors in fastText's ``.bin`` format: words, and subwords for all others.

gensim reads this format too, but copies the whole file into memory and never returns
from one that is cut short within its words.

References
----------
P. Bojanowski, E. Grave, A. Joulin, T. Mikolov. *Enriching word vectors with subword
information.* TACL 5, 2017.

The format is that of ``FastText::saveModel``, version 12:
https://github.com/facebookresearch/fastText/blob/main/src/fasttext.cc
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAGIC", "FastTextVectors"]

MAGIC = struct.pack("<i", 793712314)

# magic, version, dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn,
# maxn, lrUpdateRate, t
_ARGUMENTS = struct.Struct("<14id")
# size, nwords, nlabels, ntokens, pruneidx_size
_DICTIONARY = struct.Struct("<3i2q")
# count and type after each word
_ENTRY = struct.Struct("<qb")
# quant_input, number of rows and columns of the input matrix
_MATRIX = struct.Struct("<?2q")


class FastTextVectors:
    """A file of fastText's own.

    A word's vector is the mean of its own row and those of its character n-grams; a
    word that isn't in the file has its n-grams only.

    Parameters
    ----------
    buffer : mmap or bytes
        The file's content.
    name : str
        What errors call the file.

    Raises
    ------
    ValueError
        When the file is cut short or inconsistent, or holds a supervised, quantised or
        pruned model.
    """

    def __init__(self, buffer: mmap.mmap | bytes, name: str) -> None:
        self._name = name
        try:
            self._read(buffer)
        except (struct.error, ValueError) as error:
            raise ValueError(
                f"{name}: not a usable fastText model: {error}."
            ) from error

    def lookup(
        self, words: Sequence[str]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return which words have a vector, and all vectors (zeros for the others).

        Parameters
        ----------
        words : sequence of str
            The words; an unknown one is composed of its parts.

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
            rows = self._rows(word)
            if rows:
                known[i] = True
                vectors[i] = self._matrix[rows].sum(axis=0) / len(rows)
                if not np.isfinite(vectors[i]).all():
                    raise ValueError(
                        f"{self._name}, word {word!r}: its vector holds NaN or "
                        "infinity; the file is damaged."
                    )
        return known, vectors

    def _rows(self, word: str) -> list[int]:
        rows = [self._words[word.encode()]] if word.encode() in self._words else []
        if self._bucket and self._max_n:
            from gensim.models.fasttext import ft_ngram_hashes

            hashes = ft_ngram_hashes(word, self._min_n, self._max_n, self._bucket)
            rows += [len(self._words) + h for h in hashes]
        return rows

    def _read(self, buffer: mmap.mmap | bytes) -> None:
        arguments = _ARGUMENTS.unpack_from(buffer, 0)
        self.vector_size, self._bucket = arguments[2], arguments[10]
        self._min_n, self._max_n = arguments[11], arguments[12]
        size, n_words, n_labels, _, n_pruned = _DICTIONARY.unpack_from(
            buffer, _ARGUMENTS.size
        )
        if n_labels:
            raise ValueError("it is a supervised model, whose vectors serve its labels")
        if n_pruned > 0:
            raise ValueError("it is pruned; use the full .bin file")
        self._words: dict[bytes, int] = {}
        place = _ARGUMENTS.size + _DICTIONARY.size
        for number in range(size):
            end = buffer.find(b"\0", place)
            if end < 0:
                raise ValueError(f"it ends within word {number + 1} of {size}")
            self._words[buffer[place:end]] = number
            place = end + 1 + _ENTRY.size
        self._read_matrix(buffer, place, n_words)

    def _read_matrix(self, buffer: mmap.mmap | bytes, place: int, n_words: int) -> None:
        quantised, n_rows, n_columns = _MATRIX.unpack_from(buffer, place)
        if quantised:
            raise ValueError("it is quantised; use the full .bin file")
        wanted = (n_words + self._bucket, self.vector_size)
        if (n_rows, n_columns) != wanted or len(self._words) != n_words:
            raise ValueError(
                f"it states {wanted} rows and columns, but holds {(n_rows, n_columns)}"
            )
        self._matrix = np.frombuffer(
            buffer, "<f4", count=n_rows * n_columns, offset=place + _MATRIX.size
        ).reshape(n_rows, n_columns)
