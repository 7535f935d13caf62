"""What the data of a task are: the first of its three protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from mmbench.errors import DataError, UsageError
from mmbench.tasks.target import Options, Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.columns import Column
    from mmbench.tasks.base import Task

__all__ = ["Data", "Question"]


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


class Data(Protocol):
    """What the data of a task are.

    A task derives from it: what has a body here need not be written again.

    Attributes
    ----------
    target_may_be_input : bool
        Whether methods may see the target's column, as the picture that is the key of
        its captions.
    groups_are_input : bool
        Whether there must be groups, which methods may see as a column of the kind
        ``"group"``: they treat the rows of one as a whole.
    must_be_named : bool
        Whether no target looks like this task's, so that nobody asks it unless the
        user named it.
    kept_whole : str
        What folds keep on one side, groups aside; empty for single rows.
    """

    target_may_be_input: bool = False
    groups_are_input: bool = False
    must_be_named: bool = False
    kept_whole: str = ""

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
            One cell per row.
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
            The target, one row per cell, and the notices.

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
                "min_class_size is for classes, which this target does not have; "
                "leave it out, "
                "or choose the task 'classification'."
            )
        return column, ()

    def adopted(self, task: Task, target: Target) -> Target | None:
        """Return the target of another task as this task's, None where it does not fit.

        Parameters
        ----------
        task : Task
            What the samples are for, this task or another.
        target : Target
            As these samples have it.

        Returns
        -------
        Target or None
            None unless a task says otherwise.
        """
        return None

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

    def of_groups(self, target: Target, groups: NDArray[Any] | None) -> Target:
        """Add to the truth what the groups of the rows decide.

        Parameters
        ----------
        target : Target
            As :meth:`of_cells` returned it.
        groups : ndarray of shape (n_samples,) or None
            The group of each row, where there are groups.

        Returns
        -------
        Target
            The target as it is, where groups say nothing of it.
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
        """Check that rows, or whole groups, can be split into this many folds.

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

    def describe_folds(self, n_folds: int, *, has_groups: bool) -> str:
        """Return in words what :meth:`folds` yields.

        Parameters
        ----------
        n_folds : int
            How many folds.
        has_groups : bool
            Whether rows have groups.

        Returns
        -------
        str
            Such as ``"5 stratified folds of whole groups, shuffled"``.
        """
        groups = "groups" if has_groups and not self.groups_are_input else ""
        whole = " and ".join(filter(None, [self.kept_whole, groups]))
        of = f" of whole {whole}" if whole else ""
        stratified = "stratified " if self.is_stratified(has_groups=has_groups) else ""
        return f"{n_folds} {stratified}folds{of}, shuffled"

    def is_stratified(self, *, has_groups: bool) -> bool:
        """Return whether folds have about equal shares of what is to be predicted.

        Parameters
        ----------
        has_groups : bool
            Whether rows have groups.

        Returns
        -------
        bool
            False here.
        """
        return False

    def fitted_rows(self, target: Target, train: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return which of the training rows of a fold methods are fitted to.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        train : ndarray of int
            The training rows, ascending.

        Returns
        -------
        ndarray of int
            Ascending; all of them unless their targets say otherwise.
        """
        return train

    def slices(
        self, target: Target, X: Any, sources: Mapping[str, str]
    ) -> Mapping[str, Sequence[Any]]:
        """Return the parts of a dataset that reports of the task always show.

        Parameters
        ----------
        target : Target
            All rows of a dataset.
        X : DataFrame of shape (n_samples, n_columns)
            The samples.
        sources : mapping of str to str
            What each column is part of: its view, or else its modality.

        Returns
        -------
        mapping of str to sequence
            A name for each row by what they are parts by; none by default.
        """
        return {}

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

    def is_ablated(self, sources: Mapping[str, str]) -> bool:
        """Return whether taking away modalities may leave something to answer from.

        Parameters
        ----------
        sources : mapping of str to str
            Column to its modality, or the view that it is part of.

        Returns
        -------
        bool
            Where there are several, unless a task can tell that each is needed.
        """
        return len({*sources.values()}) > 1

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
