"""What only the reports of one task show, and what all show unless a task objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.presentation.drawing import Drawing
    from mmbench.presentation.sentences import Sentence
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.metric import Metric
    from mmbench.tasks.mistakes import Mistakes
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["Note", "Shown", "Strip", "Table"]


class Table(NamedTuple):
    """A table that is written as a CSV file.

    Attributes
    ----------
    header : sequence of str
        The names of the columns.
    rows : iterable of sequence
        The cells.
    """

    header: Sequence[str]
    rows: Iterable[Sequence[object]]


class Note(NamedTuple):
    """How to read what a task adds to reports.

    Attributes
    ----------
    text : str
        One sentence or more.
    table : str, default=""
        The name of the table that it ends with a link to.
    """

    text: str
    table: str = ""


class Strip(NamedTuple):
    """Key frames of a video.

    Attributes
    ----------
    chosen, by_people : sequence of int
        Rows, in the order of time: those that a method chooses, and people.
    about : str
        How good the choice is, in a few words.
    """

    chosen: Sequence[int]
    by_people: Sequence[int]
    about: str


class Shown:
    """What a report of a task shows besides what all reports show.

    A task derives from it and overrides what it has something to say about; as it is,
    it adds nothing.

    Attributes
    ----------
    answer : str
        What one prediction is called, such as ``"label set"``.
    table : tuple of str
        The metrics of ranked tables, in their order, which also decides between equal
        methods; empty for all that were scored.
    beside : tuple of str
        The metrics that stand beside the ranking one in sentences and small tables.
    against_speed : str
        The metric that is drawn against speed; empty for the ranking one.
    share_right : str
        What the share of predictions that are right is called; empty where none is
        simply right or wrong.
    floor : str
        What the methods that look at nothing do.
    compares_folds : bool, default=False
        Whether the answers of several folds can be set side by side though a row's
        score depends on the others of its fold.
    n_compared : int, default=0
        How many of the next best methods answer beside the best one, where samples are
        shown; 0 for the best of each modality alone.
    controls : mapping of str to str
        What it is called when a modality is shuffled among the test rows, by modality,
        where that is a control that reports of the task must show.
    notes : tuple of Note
        How to read what only reports of the task show.
    """

    answer: str = "answer"
    table: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    against_speed: str = ""
    share_right: str = ""
    floor: str = "looks at nothing"
    compares_folds: bool = False
    n_compared: int = 0
    controls: Mapping[str, str] = MappingProxyType({})
    notes: tuple[Note, ...] = ()

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Return the words for something that ``plan.json`` says of the dataset.

        Parameters
        ----------
        name : str
            The fact's key in ``plan.json``.
        text : str
            Its value, written out.

        Returns
        -------
        tuple of (str, str)
            The words for key and value.
        """
        return name, text

    def right(self, target: Target, prediction: Prediction) -> NDArray[np.bool_] | None:
        """Return which rows are right as a whole, None where that says nothing.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            Of the same rows.

        Returns
        -------
        ndarray of bool, shape (n_rows,), or None
            Where the answer is right.
        """
        return None

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes | None:
        """Return how wrong each row's answer is, None where that can't be said.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            Of the same rows, by models that were not fitted to them.

        Returns
        -------
        Mistakes or None
            One entry per row.
        """
        return None

    def disagreement(
        self, target: Target, predictions: Sequence[Prediction]
    ) -> NDArray[np.float64] | None:
        """Return how far methods disagree about each row, None where nothing is known.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        predictions : sequence of Prediction, not empty
            Those of each method, of the same rows.

        Returns
        -------
        ndarray of shape (n_rows,) or None
            0 where all answer alike.
        """
        return None

    def kept(self, target: Target, prediction: Prediction) -> Any:
        """Return what tables and figures need of one method's predictions.

        It is kept for all methods at once, so it should be small. Where a row's score
        depends on the others of its fold, each fold is asked about by itself, and a
        list is kept.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            Of the same rows.

        Returns
        -------
        object
            What this class's own tables and figures read.
        """
        return None

    def strips(self, target: Target, prediction: Prediction) -> Sequence[Strip]:
        """Return key frames of some videos; none where rows are not frames.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            Of the same rows.

        Returns
        -------
        sequence of Strip
            A few, one per video.
        """
        return ()

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Yield what to know before believing scores of these samples.

        Parameters
        ----------
        pooled : PooledPredictions
            What the methods predict.

        Yields
        ------
        Finding
            One caveat, of one of :mod:`mmbench.checks` or a check of your own.
        """
        yield from ()

    def sentences(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Sentence]:
        """Yield conclusions of the task's own.

        Parameters
        ----------
        pooled : PooledPredictions
            What the methods predict.
        methods : sequence of str
            Those that look at something, the best first.

        Yields
        ------
        Sentence
            A conclusion of one sentence.
        """
        yield from ()

    def people(
        self, pooled: PooledPredictions, metrics: Sequence[Metric]
    ) -> Mapping[str, Sequence[Mapping[str, float | None]]]:
        """Return what people score against each other.

        Parameters
        ----------
        pooled : PooledPredictions
            What the methods predict.
        metrics : sequence of Metric
            What methods were scored by.

        Returns
        -------
        mapping of str to sequence of mapping
            How it is called, to the scores of each fold by the metrics' names; empty
            by default. Tables show it beside methods, without a rank.
        """
        return {}

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Yield figures of the best method and of what it has to beat.

        Parameters
        ----------
        pooled : PooledPredictions
            What the methods predict.
        methods : sequence of str
            One or two.

        Yields
        ------
        Drawing
            A figure with its caption.
        """
        yield from ()

    def tables(
        self, dataset: str, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Mapping[str, Table]:
        """Return tables of the task's own by name.

        Parameters
        ----------
        dataset : str
            Its name: tables of several datasets are written to one file.
        pooled : PooledPredictions
            What the methods predict.
        methods : sequence of str
            The ranked ones, the best first.

        Returns
        -------
        mapping of str to Table
            The file's name without suffix, to its rows; empty by default.
        """
        return {}
