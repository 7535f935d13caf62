"""Words, characters and their counts: scikit-learn's vectorizers for any language.

They take every parameter of scikit-learn's and give its results for ASCII text. What
they do besides:

- A missing cell (``None``, NaN) is an empty text, so it becomes a row of zeros.
- Texts are NFKC-normalised first, unless there is a ``preprocessor``: full-width
  letters and ligatures equal the plain ones.
- With ``analyzer="word"`` and the default ``token_pattern``, texts are split by
  :func:`~mmbench.feature_extraction.words`, so that Chinese, Japanese or Thai text
  isn't one long word and marks don't cut Hindi words. Any other ``token_pattern`` or
  ``tokenizer`` is used as it is.
- Texts that were split before by the same analyser, for whatever extractor, aren't
  split again; so a callable ``analyzer`` must look at nothing but the text.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator
from sklearn.feature_extraction import text as sklearn_text

from mmbench.feature_extraction.cells import cells_of, is_missing
from mmbench.feature_extraction.token_memo import analyzed
from mmbench.feature_extraction.tokenize import split_words

if TYPE_CHECKING:
    from typing import Self

__all__ = ["CountVectorizer", "HashingVectorizer", "TfidfVectorizer"]

_DEFAULT_PATTERN = sklearn_text.CountVectorizer().token_pattern


class _TextCells(BaseEstimator):
    """Makes a vectorizer of scikit-learn's read cells, in any language."""

    def decode(self, doc: Any) -> str:
        """Return the text of a cell; a missing cell's is empty.

        Parameters
        ----------
        doc : str or missing
            One of a column's cells.

        Returns
        -------
        str
            The decoded text.

        Raises
        ------
        TypeError
            When the cell holds something else.
        """
        if is_missing(doc):
            return ""
        text = super().decode(doc)
        if not isinstance(text, str):
            raise TypeError(
                "a text must be a str or missing (None or NaN), got "
                f"{text!r} ({type(text).__name__})."
            )
        return text

    def build_preprocessor(self) -> Callable[[str], str]:
        """Return the function that is applied to a text before it is split."""
        preprocess: Callable[[str], str] = super().build_preprocessor()
        if self.preprocessor is not None:
            return preprocess
        return functools.partial(_normalize_then, preprocess)

    def build_tokenizer(self) -> Callable[[str], list[str]]:
        """Return the function that splits a text into words."""
        if self.tokenizer is None and self.token_pattern == _DEFAULT_PATTERN:
            return split_words
        tokenize: Callable[[str], list[str]] = super().build_tokenizer()
        return tokenize

    def build_analyzer(self) -> Callable[[Any], list[str]]:
        """Return the function from a cell to the words or n-grams that are counted."""
        # scikit-learn's is a partial, whose steps are its keywords.
        analyze: Callable[..., list[str]] = super().build_analyzer()
        if callable(self.analyzer):
            shared = functools.partial(analyzed, analyzer=self.analyzer)
            return functools.partial(analyze, analyzer=shared)
        if self._splits_as_all_do():
            return functools.partial(analyze, preprocessor=None, tokenizer=analyzed)
        return analyze

    def _splits_as_all_do(self) -> bool:
        """Whether words are split by :func:`~mmbench.feature_extraction.words`."""
        own = (self.preprocessor, self.tokenizer, self.strip_accents)
        return (
            self.analyzer == "word"
            and self.lowercase
            and self.token_pattern == _DEFAULT_PATTERN
            and all(each is None for each in own)
        )

    def transform(self, raw_documents: Iterable[Any]) -> Any:
        """Return the texts' features, a sparse matrix; a missing text's are zeros.

        Parameters
        ----------
        raw_documents : iterable of str or missing
            One column of texts.

        Returns
        -------
        csr_matrix of shape (n_samples, n_features)
            Counts or weights.
        """
        return super().transform(cells_of(raw_documents))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class _VocabularyOfCells(_TextCells):
    """Makes a vectorizer that learns a vocabulary say when there is none to learn."""

    def fit(self, raw_documents: Iterable[Any], y: Any = None) -> Self:
        """Learn the vocabulary of the texts.

        Parameters
        ----------
        raw_documents : iterable of str or missing
            One column of texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        self
            The fitted extractor.

        Raises
        ------
        ValueError
            When there is no word to learn from.
        """
        self.fit_transform(raw_documents, y)
        return self

    def fit_transform(self, raw_documents: Iterable[Any], y: Any = None) -> Any:
        """Learn the vocabulary and return the texts' features, a sparse matrix.

        Parameters
        ----------
        raw_documents : iterable of str or missing
            One column of texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        csr_matrix of shape (n_samples, n_features)
            Counts or weights; a missing text's row is zero.

        Raises
        ------
        ValueError
            When there is no word to learn from.
        """
        cells = cells_of(raw_documents)
        if self.vocabulary is None and all(map(_is_blank, cells)):
            raise ValueError(
                f"every text is empty or missing ({len(cells)} of {len(cells)}); "
                "there is no word to learn from."
            )
        try:
            return super().fit_transform(cells, y)
        except ValueError as error:
            # scikit-learn blames stop words even where there are none.
            if self.stop_words is not None or "empty vocabulary" not in str(error):
                raise
            raise ValueError(
                f"none of the {len(cells)} texts has a word (they may be all "
                f"punctuation); analyzer='char_wb' takes any character."
            ) from error


class CountVectorizer(_VocabularyOfCells, sklearn_text.CountVectorizer):
    """Count the words or character n-grams of texts (bag of words).

    See :class:`sklearn.feature_extraction.text.CountVectorizer` for the parameters and
    attributes; the module's docstring says what is added.

    Examples
    --------
    >>> bag = CountVectorizer()
    >>> bag.fit_transform(["red hat", None, "東京 hat"]).toarray()
    array([[1, 1, 0, 0, 0],
           [0, 0, 0, 0, 0],
           [1, 0, 1, 1, 1]])
    >>> bag.get_feature_names_out()
    array(['hat', 'red', '京', '東', '東京'], dtype=object)
    """


class TfidfVectorizer(_VocabularyOfCells, sklearn_text.TfidfVectorizer):
    """Weigh the words or character n-grams of texts by TF-IDF.

    With ``analyzer="char_wb"`` it needs no notion of a word, which makes it a good
    choice for any language. See
    :class:`sklearn.feature_extraction.text.TfidfVectorizer` for the parameters and
    attributes; the module's docstring says what is added.

    Examples
    --------
    >>> tfidf = TfidfVectorizer()
    >>> tfidf.fit_transform(["red hat", None, "blue hat"]).toarray().round(2)
    array([[0.  , 0.61, 0.8 ],
           [0.  , 0.  , 0.  ],
           [0.8 , 0.61, 0.  ]])
    """


class HashingVectorizer(_TextCells, sklearn_text.HashingVectorizer):
    """Count the words or character n-grams of texts by their hashes: nothing is learnt.

    See :class:`sklearn.feature_extraction.text.HashingVectorizer` for the parameters;
    the module's docstring says what is added.

    Examples
    --------
    >>> hashing = HashingVectorizer(n_features=4, norm=None, alternate_sign=False)
    >>> hashing.transform(["red hat red", None]).sum(axis=1).tolist()
    [[3.0], [0.0]]
    """

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:
        """Check the parameters; nothing is learnt.

        Parameters
        ----------
        X : iterable of str or missing
            One column of texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        self
            The extractor itself.
        """
        super().fit(cells_of(X), y)
        return self

    def fit_transform(self, X: Iterable[Any], y: Any = None) -> Any:
        """Return the texts' features, a sparse matrix.

        Parameters
        ----------
        X : iterable of str or missing
            One column of texts.
        y : object, default=None
            Ignored.

        Returns
        -------
        csr_matrix of shape (n_samples, n_features)
            Hashed counts; a missing text's row is zero.
        """
        return self.fit(X, y).transform(X)


def _normalize_then(preprocess: Callable[[str], str], text: str) -> str:
    return preprocess(unicodedata.normalize("NFKC", text))


def _is_blank(cell: Any) -> bool:
    return is_missing(cell) or (isinstance(cell, str | bytes) and not cell.strip())
