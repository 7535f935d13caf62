"""How much of a dataset's texts a file of word vectors knows."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.checks.catalogue import WORDS_KNOWN

if TYPE_CHECKING:
    from mmbench.datasets import Dataset

__all__ = ["with_coverage"]


def with_coverage(dataset: Dataset, vectors: Path) -> Dataset:
    """Return a dataset whose notices tell how many of its words have a vector.

    Parameters
    ----------
    dataset : Dataset
        It is loaded to count its words.
    vectors : Path
        A file of pretrained word vectors.

    Returns
    -------
    Dataset
        With a notice more for each column of texts.
    """
    columns = dataset.columns("text")
    if not columns:
        return dataset
    from mmbench.feature_extraction import PretrainedWordVectorizer

    X = dataset.load().X
    known = PretrainedWordVectorizer(str(vectors))
    notices = tuple(
        WORDS_KNOWN.found(
            f"column {column!r}: {known.coverage(X[column]):.1%} of its words have a "
            f"vector in {vectors.name}."
        )
        for column in columns
    )
    return dataclasses.replace(dataset, notices=(*dataset.notices, *notices))
