"""How the methods of a task answer: the second of its three protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from mmbench.errors import UsageError
from mmbench.tasks.combining import Combining
from mmbench.tasks.target import Prediction, Target

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.columns import Column
    from mmbench.tasks.rankings import Ranking
    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["Answers"]


class Answers(Combining, Protocol):
    """How the methods of a task are made ready and asked.

    A task derives from it: what has a body here need not be written again. What joins
    their answers is in :class:`~mmbench.tasks.combining.Combining`.

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
        """Return why a method can't answer for this task, or None.

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
        """Predict with a fitted model.

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

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read the answers of a foreign model from the columns of a table.

        Parameters
        ----------
        columns : mapping of str to Column
            By name; a cell for each of the rows that are answered for.
        target : Target
            Of the rows that are answered for; for its schema.

        Returns
        -------
        Prediction
            Of the same rows.

        Raises
        ------
        DataError
            When a column is lacking, or a cell is no answer.
        UsageError
            When answers of the task don't fit into the columns of a table.
        """
        raise UsageError("answers for this task can't be read from a table.")

    def rankings(
        self, target: Target, prediction: Prediction, depth: int
    ) -> Iterator[Ranking]:
        """Return what the queries of some rows find, query by query.

        Parameters
        ----------
        target : Target
            Of the rows that are answered for.
        prediction : Prediction
            The answer.
        depth : int
            How many items to write per ranking.

        Returns
        -------
        iterator of Ranking
            One for each query.

        Raises
        ------
        UsageError
            When the task has no rankings.
        """
        raise UsageError("this task has no rankings.")

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score answers in a file by references in another.

        Parameters
        ----------
        references : Path
            What is right, as the task has it.
        predictions : Path
            What was answered.
        tokenise : str, optional
            How metrics of words tell words apart, where there are any.

        Returns
        -------
        ScoredFiles
            What units contribute to each metric.

        Raises
        ------
        DataError
            When the files can't be read, or don't fit together.
        UsageError
            When the task's answers are not scored from files.
        """
        raise UsageError(
            "answers for this task can't be scored from files; use mmbench add to "
            "score them within a run."
        )

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return a prediction as the columns of a table, as `from_columns` reads them.

        Parameters
        ----------
        target : Target
            For its schema.
        prediction : Prediction
            What a fitted method answers for some rows.

        Returns
        -------
        mapping of str to sequence
            One cell per row in each; by default the arrays, a column of one per column.
        """
        found: dict[str, Sequence[Any]] = {}
        for name, each in prediction.arrays.items():
            if each.ndim == 1:
                found[name] = each.tolist()
                continue
            flat = each.reshape(len(each), -1)
            found |= {f"{name}_{i}": c.tolist() for i, c in enumerate(flat.T)}
        return found

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
