"""What a task is: three small protocols, and the arrays that pass between them.

A task says what its data are (:class:`Data`), how fitted methods answer
(:class:`Answers`), which metrics score the answers (:class:`~mmbench.tasks.Metric`) and
what a report of it shows (:class:`~mmbench.tasks.shown.Shown`). Nothing outside a
task's folder asks which task it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from mmbench.errors import DataError, UsageError
from mmbench.tasks.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.columns import Column
    from mmbench.fusion import Selection
    from mmbench.tasks.metric import Metric

__all__ = [
    "NO_OPTIONS",
    "Answers",
    "Data",
    "Options",
    "Part",
    "Prediction",
    "Question",
    "Shown",
    "Target",
    "Task",
]


class Target(NamedTuple):
    """What `y` is, and what it takes to read it.

    Attributes
    ----------
    y : ndarray of shape (n_samples, ...)
        What ``fit`` is given.
    schema : mapping of str to JSON data
        What all rows share, such as the classes.
    truth : ndarray of shape (n_samples, ...), optional
        What is scored, where that is more than `y`: all reference captions, say.
    weight : ndarray of float64, shape (n_samples,), optional
        How much each row counts where it is fitted, and in metrics weighted by samples.
    """

    y: NDArray[Any]
    schema: Mapping[str, Any] = {}
    truth: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None

    @property
    def scored(self) -> NDArray[Any]:
        """What is scored: the truth, or `y` where there is no more than that."""
        return self.y if self.truth is None else self.truth

    def take(self, rows: Any) -> Target:
        """Return some of the rows.

        Parameters
        ----------
        rows : ndarray of int or bool, or slice
            Which rows, as NumPy indexes them.

        Returns
        -------
        Target
            With the same schema.
        """
        truth = None if self.truth is None else self.truth[rows]
        weight = None if self.weight is None else self.weight[rows]
        return self._replace(y=self.y[rows], truth=truth, weight=weight)


@dataclass(frozen=True)
class Prediction:
    """What a fitted method answers for some rows: named arrays of one row each.

    Parameters
    ----------
    arrays : mapping of str to ndarray of shape (n_rows, ...)
        What the names mean is the task's own: ``label`` and ``proba``, ``number``, an
        embedding for each side. No array holds objects.
    """

    arrays: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def take(self, rows: Any) -> Prediction:
        """Return some of the rows.

        Parameters
        ----------
        rows : ndarray of int or bool, or slice
            Which rows, as NumPy indexes them.

        Returns
        -------
        Prediction
            With the same arrays.
        """
        return Prediction({name: each[rows] for name, each in self.arrays.items()})

    @classmethod
    def concatenate(cls, parts: Sequence[Prediction]) -> Prediction:
        """Return the rows of several predictions, one after another.

        An array that one of them lacks is left out.

        Parameters
        ----------
        parts : sequence of Prediction, not empty
            Predictions of the same task.

        Returns
        -------
        Prediction
            The arrays that all parts have.
        """
        names = [n for n in parts[0].arrays if all(n in part for part in parts)]
        return cls({name: np.concatenate([p[name] for p in parts]) for name in names})


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a user may say about a target, beside its columns.

    Parameters
    ----------
    label_separator : str, optional
        What stands between the labels of a cell.
    min_class_size : int, optional
        How many samples a class must have to stay one.
    merge_rare : str, optional
        The class that smaller ones count as; without it, they are left out.
    gallery_size : int, optional
        How many distinct pictures a query is ranked among; by default all test rows'.

    Raises
    ------
    UsageError
        When an option is empty, too small, or lacks the one that it goes with.
    """

    label_separator: str | None = None
    min_class_size: int | None = None
    merge_rare: str | None = None
    gallery_size: int | None = None

    def __post_init__(self) -> None:
        for name in ("label_separator", "merge_rare"):
            if getattr(self, name) == "":
                raise UsageError(f"{name} must not be empty, got ''.")
        if self.min_class_size is not None and self.min_class_size < 1:
            raise UsageError(
                f"min_class_size must be at least 1, got {self.min_class_size!r}."
            )
        if self.merge_rare is not None and self.min_class_size is None:
            raise UsageError(
                "merge_rare needs min_class_size, which says what classes are rare."
            )


NO_OPTIONS = Options()
"""Nothing said beside the columns."""


class Question(NamedTuple):
    """Something about each row that a single column may give away.

    Attributes
    ----------
    about, guess : str
        What is asked, and what the best constant guess does, in words.
    y : ndarray of shape (n_samples,), int
        The answers, by number.
    values : ndarray of shape (n_samples,), optional
        The numbers themselves, where the answers are parts of a number's range.
    """

    about: str
    guess: str
    y: NDArray[np.intp]
    values: NDArray[np.float64] | None = None


class Part(NamedTuple):
    """One of the questions that a target of several columns is made of.

    Attributes
    ----------
    name : str
        What a message calls it, such as ``"the label 'war'"``.
    task : Task
        What kind of question it is.
    target : Target
        Its target.
    """

    name: str
    task: Task
    target: Target


class Data(Protocol):
    """What the data of a task are.

    A task derives from it: what has a body here need not be written again.
    """

    def claims(self, column: Column, options: Options) -> str | None:
        """Return a notice if a target column looks like this task's, else None.

        The notice may be empty, where nobody would be surprised.

        Parameters
        ----------
        column : Column
            The target's column, without missing cells.
        options : Options
            What the user said about the target.

        Returns
        -------
        str or None
            None where the column is not this task's.
        """

    def joined(self, columns: Sequence[Column]) -> Column | None:
        """Return several target columns as one, None where a task has one column.

        Parameters
        ----------
        columns : sequence of Column
            The target's columns, of the same rows.

        Returns
        -------
        Column or None
            One cell a row.
        """
        return None

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse a target column without missing cells; return notices with it.

        Parameters
        ----------
        column : Column
            The target's column, without missing cells.
        options : Options
            What the user said about the target.

        Returns
        -------
        tuple of (Target, sequence of str)
            The target, one row a cell, and the notices.

        Raises
        ------
        DataError
            Names row and column.
        """

    def without_rare(
        self, column: Column, options: Options, units: Sequence[Any]
    ) -> tuple[Column, Sequence[Finding]]:
        """Leave out or merge classes that too few samples have.

        Parameters
        ----------
        column : Column
            The target's column, without missing cells.
        options : Options
            How many samples a class must have, and what becomes of smaller ones.
        units : sequence
            What samples are counted by: the group or number of each row that trains,
            None for rows that only test.

        Returns
        -------
        tuple of (Column, sequence of Finding)
            Fewer cells or other ones, and how many they were.

        Raises
        ------
        UsageError
            When the task has no classes.
        DataError
            When too few classes are left.
        """
        if options.min_class_size is not None:
            raise UsageError(
                "min_class_size is for classes, and the target is none; leave it out, "
                "or choose the task 'classification'."
            )
        return column, ()

    def of_cells(self, target: Target, X: Any, sources: Mapping[str, str]) -> Target:
        """Add to the truth what the cells of the rows decide.

        Parameters
        ----------
        target : Target
            As the samples have it.
        X : DataFrame of shape (n_samples, n_columns)
            The samples.
        sources : mapping of str to str
            What each column is part of: its view, or else its modality.

        Returns
        -------
        Target
            The target as it is, where its columns say all.
        """
        return target

    def completed(self, target: Target) -> Target:
        """Fill in what the schema leaves out, and check that `y` has its shape.

        Parameters
        ----------
        target : Target
            Its schema may be empty.

        Returns
        -------
        Target
            The same rows, and all that the task keeps in the schema.

        Raises
        ------
        DataError
            When `y` can't be this task's target.
        """

    def verify(self, target: Target) -> None:
        """Check in full a target that did not come from a table.

        Parameters
        ----------
        target : Target
            Its schema is complete.

        Raises
        ------
        DataError
            When something about it is not as the task has it.
        """
        self.completed(target)

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return what ``plan.json`` says about the target, such as ``n_classes``.

        Parameters
        ----------
        target : Target
            Its schema is complete.

        Returns
        -------
        mapping of str to object
            In JSON's types.
        """

    def size_text(self, target: Target) -> str:
        """Say in words how large the target is, such as ``"12 classes"``.

        Parameters
        ----------
        target : Target
            Its schema is complete.

        Returns
        -------
        str
            Words without a full stop.
        """

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that rows, or whole groups, can be split into so many folds.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        groups : ndarray of shape (n_rows,) or None
            The group of each row, if there are groups.
        n_folds : int
            How many folds there will be, at least 2.

        Raises
        ------
        DataError
            When there is too little of something to be in every fold.
        """
        n_units = len(target.y) if groups is None else len(np.unique(groups))
        if n_units < n_folds:
            what = "samples" if groups is None else "groups"
            raise DataError(
                f"there are fewer {what} ({n_units}) than folds ({n_folds}); choose "
                "fewer folds (--folds)."
            )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that a model can be trained and tested on an official split.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        train, test : ndarray of bool, shape (n_rows,)
            Which rows are on each side.

        Raises
        ------
        DataError
            When what is tested was never trained, or nothing can be learnt.
        """
        return

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield the train and test rows of shuffled folds that keep groups together.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        n_folds : int
            How many folds, at least 2.
        groups : ndarray of shape (n_rows,) or None
            The group of each row, if there are groups.
        seed : int
            Seed of the shuffling.

        Yields
        ------
        tuple of (ndarray, ndarray)
            Train and test rows of a fold, as ascending integers; each row is tested
            once.
        """
        from sklearn.model_selection import GroupKFold, KFold

        kind = KFold if groups is None else GroupKFold
        splitter = kind(n_folds, shuffle=True, random_state=seed)
        yield from splitter.split(np.zeros(len(target.y)), None, groups)

    def untrained(
        self,
        target: Target,
        folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    ) -> Sequence[str]:
        """Name what folds answer for mostly without having trained on it.

        Empty where nothing can be missing from training rows, as in regression.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        folds : sequence of (ndarray, ndarray)
            Train and test rows of each fold.

        Returns
        -------
        sequence of str
            Names such as ``"class 'rare'"``.
        """
        return ()

    def rarest(self, target: Target) -> tuple[str, int] | None:
        """Name the rarest class and count its rows; None where there are no classes.

        Parameters
        ----------
        target : Target
            The rows to count.

        Returns
        -------
        tuple of (str, int) or None
            A name such as ``"class 'rare'"``, and the number of rows.
        """
        return None

    def codes(self, target: Target) -> NDArray[np.intp]:
        """Return a number for each row, equal where rows have the same target.

        Parameters
        ----------
        target : Target
            All rows of a dataset.

        Returns
        -------
        ndarray of int, shape (n_rows,)
            Numbers from 0.
        """
        return np.unique(target.y, axis=0, return_inverse=True)[1].reshape(-1)

    def questions(self, target: Target) -> Iterator[Question]:
        """Yield what a column of the data might give away about the target.

        Parameters
        ----------
        target : Target
            All rows of a dataset.

        Yields
        ------
        Question
            One for each thing that could be given away; none by default.
        """
        yield from ()

    def units(self, target: Target, owners: NDArray[Any]) -> NDArray[Any]:
        """Return what each row of a metric's contributions is resampled with.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        owners : ndarray of shape (n_rows,)
            The group of each row, or its sample where there are no groups.

        Returns
        -------
        ndarray of shape (n_contributions,)
            The owners themselves, where each row contributes once.
        """
        return owners


class Answers(Protocol):
    """How the methods of a task are made ready, asked, and combined.

    A task derives from it: what has a body here need not be written again. What joins
    answers is for the engine, which then looks into voting, fusion and stacking.

    Attributes
    ----------
    is_classifier : bool
        Whether a number of inner folds means stratified ones, as scikit-learn has it.
    fixes_inner_folds : bool
        Whether inner cross-validation must be replaced by folds of the task's own.
    """

    is_classifier: bool = False
    fixes_inner_folds: bool = False

    def refusal(self, method: Any) -> str | None:
        """Say why a method can't answer for this task, or return None.

        Parameters
        ----------
        method : estimator
            A method of a suite, unfitted.

        Returns
        -------
        str or None
            A clause to be read behind the method's name.
        """
        return None

    def prepare(self, method: Any) -> Any:
        """Return a seeded method as this task fits it, such as one-vs-rest.

        Parameters
        ----------
        method : estimator
            A method of a suite, unfitted, with its random states set.

        Returns
        -------
        estimator
            The method itself, or one around it.
        """
        return method

    def on_log_scale(self, method: Any) -> Any:
        """Return a method that is fitted to the logarithm of the target.

        Parameters
        ----------
        method : regressor
            A method of a suite, unfitted.

        Returns
        -------
        regressor
            Unfitted; it predicts on the target's own scale.

        Raises
        ------
        UsageError
            When the target has no logarithm.
        """
        raise UsageError("a logarithmic target needs numbers to predict.")

    def is_answer(self, estimator: Any) -> bool:
        """Return whether an estimator answers, rather than making features.

        Parameters
        ----------
        estimator : estimator
            A step of a method, unfitted.

        Returns
        -------
        bool
            False for transformers.
        """
        return not hasattr(estimator, "transform")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Ask a fitted model.

        Parameters
        ----------
        model : estimator
            Fitted to rows of the target.
        X : object
            What it is asked about.
        target : Target
            Only its schema says something about the rows of `X`.

        Raises
        ------
        ValueError
            When the answer is not what the task takes for one.
        """

    def is_constant(self, prediction: Prediction) -> bool:
        """Return whether all rows are answered alike, whatever they are.

        Parameters
        ----------
        prediction : Prediction
            What a fitted method answers for some rows.

        Returns
        -------
        bool
            Probabilities don't count: a model may always name the same class.
        """
        decided = [each for name, each in prediction.arrays.items() if name != "proba"]
        return all(bool((each == each[:1]).all()) for each in decided)

    def combines(self, voters: Sequence[Any]) -> bool:
        """Return whether `average`, `fuse` and `stack` do what estimators of them do.

        Voting, late fusion and stacking of other voters are run whole.

        Parameters
        ----------
        voters : sequence of estimator
            The voters of a method.

        Returns
        -------
        bool
            Whether the engine may fit voters one by one and combine their predictions.
        """
        return False

    def average(
        self, parts: Sequence[Prediction], weights: Any, target: Target
    ) -> Prediction:
        """Return the (weighted) mean of several answers.

        Parameters
        ----------
        parts : sequence of Prediction, not empty
            One a voter, of the same rows.
        weights : array-like of shape (n_voters,) or None
            The voters' weights; None for equal ones.
        target : Target
            Of the rows that are answered for; for its schema.

        Returns
        -------
        Prediction
            Of the same rows.

        Raises
        ------
        UsageError
            When the task has no voting.
        """
        raise UsageError("this task has no voting.")

    def learn_fusion(
        self,
        rule: str,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> Any:
        """Return what late fusion learns from training rows: a prior, and weights.

        Parameters
        ----------
        rule : str
            The rule's name.
        target : Target
            Of the training rows.
        out_of_fold : sequence of Prediction or None
            One a voter, of the training rows; None where the rule learns no weights.
        present : ndarray of bool, shape (n_voters, n_rows), or None
            Where a voter has a say.
        selection : Selection, optional
            How voters are selected; by default all of them speak.

        Returns
        -------
        object
            What :meth:`fuse` takes as ``learnt``.

        Raises
        ------
        UsageError
            When the task has no late fusion.
        """
        raise UsageError("this task has no late fusion.")

    def fuse(
        self,
        rule: str,
        learnt: Any,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Combine the answers of several voters by a rule of late fusion.

        Parameters
        ----------
        rule : str
            The rule's name.
        learnt : object
            What :meth:`learn_fusion` returned.
        parts : sequence of Prediction
            One a voter, of the same rows.
        present : ndarray of bool, shape (n_voters, n_rows)
            Where a voter has a say.
        target : Target
            Of the rows that are answered for; for its schema.

        Returns
        -------
        Prediction
            Of the same rows.

        Raises
        ------
        UsageError
            When the task has no late fusion.
        """
        raise UsageError("this task has no late fusion.")

    def stack(self, parts: Sequence[Prediction], trained: Target) -> NDArray[Any]:
        """Return several voters' answers as the features of a stacked model.

        Parameters
        ----------
        parts : sequence of Prediction
            One a voter.
        trained : Target
            Of the rows that the stack is trained on.

        Returns
        -------
        ndarray of shape (n_rows, n_features)
            The voters' features side by side.

        Raises
        ------
        UsageError
            When the task has no stacking.
        """
        raise UsageError("this task has no stacking.")

    def parts(self, target: Target) -> Sequence[Part]:
        """Return the questions that a target of several columns is made of, if any.

        A one-vs-rest method then answers each by itself, and the engine shares what
        looks at none of them.

        Parameters
        ----------
        target : Target
            Of the training rows.

        Returns
        -------
        sequence of Part
            Empty where the target is one question.
        """
        return ()

    def join(self, parts: Sequence[Prediction], target: Target) -> Prediction:
        """Put the answers to all :meth:`parts` together.

        Parameters
        ----------
        parts : sequence of Prediction, not empty
            One a part, in the order of :meth:`parts`.
        target : Target
            Of the rows that are answered for; for its schema.

        Returns
        -------
        Prediction
            Of the same rows.

        Raises
        ------
        UsageError
            When targets have one column.
        """
        raise UsageError("this task has no targets of several columns.")

    def constant(self, value: Any, n_rows: int) -> Prediction:
        """Return the answer to a part whose training rows all have one value.

        Parameters
        ----------
        value : object
            The value, as the part's target has it.
        n_rows : int
            How many rows are answered for.

        Returns
        -------
        Prediction
            The same answer for every row.

        Raises
        ------
        UsageError
            When targets have one column.
        """
        raise UsageError("this task has no targets of several columns.")

    def as_estimator(
        self, target: Target, prediction: Prediction, *, trained: Target | None = None
    ) -> Any:
        """Return a fitted estimator that gives this prediction whatever it is asked.

        So that scikit-learn's scorers can score it.

        Parameters
        ----------
        target : Target
            Of the rows that are answered for.
        prediction : Prediction
            The answer.
        trained : Target, optional
            Of the rows that it was fitted to: an estimator knows the classes of these
            alone. It knows all classes by default.

        Returns
        -------
        estimator
            Its ``predict`` ignores what it is given.

        Raises
        ------
        UsageError
            When the task's answers are not scikit-learn's.
        """
        raise UsageError("this task can't be scored by scikit-learn's scorers.")

    def weigh_classes(self, method: Any, class_weight: str) -> tuple[Any, list[str]]:
        """Return a copy of a method that weighs classes, and what in it doesn't.

        Parameters
        ----------
        method : estimator
            It is left as it is.
        class_weight : str
            Such as ``"balanced"``.

        Returns
        -------
        method : estimator
            A copy; what says ``class_weight`` itself keeps it.
        without : list of str
            The classes of its predictors that take no class weights.

        Raises
        ------
        UsageError
            When the task has no classes.
        """
        raise UsageError(
            f"class_weight={class_weight!r} is for classes, and this task has none; "
            "leave it out."
        )

    def floors(self) -> Mapping[str, Any]:
        """Return the methods that look at nothing, by name."""

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return what is kept of scored rows, enough to compute any score again.

        Parameters
        ----------
        target : Target
            Of the scored rows.
        prediction : Prediction
            Of the same rows.

        Returns
        -------
        mapping of str to ndarray
            Numbers and strings only; those of a prediction under their own names.
        """

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read back what :meth:`dump` returned, or older versions of mmbench kept.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            The arrays by name.

        Returns
        -------
        tuple of (Target, Prediction)
            Of the same rows.

        Raises
        ------
        ValueError
            When the arrays don't fit together.
        """


@dataclass(frozen=True, kw_only=True)
class Task:
    """A kind of question, and all that is known about it.

    Parameters
    ----------
    name : str
        Such as ``"classification"``.
    data : Data
        What its data are.
    make_answers : callable
        Imports and returns how methods answer, an :class:`Answers`: it needs
        scikit-learn, which commands that only list things should not wait for.
    metrics : tuple of Metric
        All that can score the answers.
    default_scoring : tuple of str
        Those that do unless a suite says otherwise, in the order of records.
    main_metric : str
        The one that ranks then.
    shown : callable, default=Shown
        Imports and returns what only this task's reports show, a :class:`Shown`.
    independent_rows : bool, default=True
        Whether a row's score depends on no other row, as it does on the gallery that
        a query is ranked in; folds are then pooled by their sums only.
    card_name : str, optional
        What cards of datasets call the task; its name by default.
    """

    name: str
    data: Data
    make_answers: Callable[[], Answers]
    metrics: tuple[Metric, ...]
    default_scoring: tuple[str, ...]
    main_metric: str
    shown: Callable[[], Shown] = Shown
    independent_rows: bool = True
    card_name: str = ""
    _by_name: dict[str, Metric] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        metrics = [*self.metrics, *self._weighted_metrics()]
        by_name = {metric.name: metric for metric in metrics}
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "card_name", self.card_name or self.name)

    @cached_property
    def answers(self) -> Answers:
        """How methods answer."""
        return self.make_answers()

    @property
    def metrics_by_name(self) -> Mapping[str, Metric]:
        """The metrics under their names, those weighted by samples included."""
        return self._by_name

    def _weighted_metrics(self) -> Iterator[Metric]:
        # A weight is of a row; what rows contribute together can't be weighted.
        if self.independent_rows:
            for metric in self.metrics:
                if metric.has_interval:
                    yield metric.weighted_by_samples()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a built-in task by its name, and any other by its parts."""
        from mmbench.tasks.registry import BUILTIN, get_task

        if BUILTIN.get(self.name) is self:
            return get_task, (self.name,)
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        del parts["_by_name"]
        return partial(Task, **parts), ()
