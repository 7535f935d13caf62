"""How the answers of several methods become one: the optional part of a task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mmbench.errors import UsageError
from mmbench.tasks.target import Prediction, Target

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmbench.fusion import Selection
    from mmbench.tasks.base import Task

__all__ = ["Combining", "Part"]


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


class Combining(Protocol):
    """What the engine needs to look into voting, fusion, stacking and one-vs-rest.

    A task without them keeps the defaults: such methods are then run whole.
    """

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

    def members(self, method: Any) -> Sequence[Any]:
        """Return what an ensemble has to beat to have been worth it.

        Parameters
        ----------
        method : estimator
            A method of a suite, unfitted.

        Returns
        -------
        sequence of estimator
            Its members, where each answers for the whole task by itself. Empty where
            reports find them by the names of classes, or it is not an ensemble.
        """
        # Reports look at tasks without loading scikit-learn.
        from mmbench.fusion import GreedyEnsembleClassifier, GreedyEnsembleRegressor

        is_greedy = isinstance(
            method, GreedyEnsembleClassifier | GreedyEnsembleRegressor
        )
        return [member for _, member in method.estimators] if is_greedy else ()

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

    def out_of_fold(self, parts: Sequence[Prediction]) -> Prediction:
        """Put the answers to inner folds one after another.

        Parameters
        ----------
        parts : sequence of Prediction, not empty
            One per fold, of one voter.

        Returns
        -------
        Prediction
            Of all their rows.
        """
        return Prediction.concatenate(parts)

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
