"""Texts as arrays: one generated text per row, and the references to score it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.texts import TOKENISERS, ptb_words, reference_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.target import Prediction, Target
    from mmbench.texts import Tokeniser

__all__ = ["CANDIDATES", "COPIED", "TEXT", "Scored", "scored_texts"]

TEXT, COPIED, CANDIDATES = "text", "copied", "candidates"


class Scored(NamedTuple):
    """What is compared, row by row.

    Attributes
    ----------
    texts : list of str
        A generated text a row.
    references : list of str
        All references, those of the first row first.
    owner : ndarray of shape (n_references,), int
        The row of each.
    words : Tokeniser
        Splits a text into words.
    """

    texts: list[str]
    references: list[str]
    owner: NDArray[np.int64]
    words: Tokeniser = ptb_words

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        references: Sequence[Sequence[str]],
        words: Tokeniser = ptb_words,
    ) -> Scored:
        """Pair texts with their references.

        Parameters
        ----------
        texts : sequence of str
            One text per row.
        references : sequence of sequence of str
            One or more a row.
        words : Tokeniser, default=ptb_words
            Splits a text into words.

        Returns
        -------
        Scored
            The references in one list.
        """
        owner = np.repeat(np.arange(len(references)), [len(r) for r in references])
        flat = [text for row in references for text in row]
        return cls(list(texts), flat, owner, words)


def scored_texts(target: Target, prediction: Prediction) -> Scored:
    """Return the texts of a prediction with the references of its rows.

    Parameters
    ----------
    target : Target
        Of the scored rows; its schema says how texts are split into words.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    Scored
        What metrics compare.
    """
    words = TOKENISERS[tokeniser_of(target.schema)]
    references = reference_lists(target.scored)
    return Scored.of(prediction[TEXT].tolist(), references, words)


def tokeniser_of(schema: Mapping[str, Any]) -> str:
    """Return the name of the tokeniser that a schema asks for.

    Parameters
    ----------
    schema : mapping of str to JSON data
        Of a target.

    Returns
    -------
    str
        ``"ptb"`` unless it says otherwise.
    """
    return str(schema.get("tokenise", "ptb"))
