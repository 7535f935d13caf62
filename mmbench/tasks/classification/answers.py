"""How classifiers answer: with the labels of ``predict``, and with probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    clone,
    is_classifier,
    is_regressor,
)
from sklearn.dummy import DummyClassifier
from sklearn.utils.metaestimators import available_if

from mmbench.columns import Column
from mmbench.fusion import combine, learn_weights, select_voters
from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.classification.decisions import needs_predict
from mmbench.tasks.classification.encoded_labels import with_encoded_labels
from mmbench.tasks.classification.foreign import (
    LABEL,
    answered_classes,
    label_numbers,
    probability_columns,
)
from mmbench.tasks.classification.metrics import METRICS, classes_of
from mmbench.tasks.score_files import scored_files
from mmbench.tasks.score_tables import needed_column, paired_tables

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.fusion import Selection
    from mmbench.tasks.score_files import ScoredFiles

    Floats = NDArray[np.float64]

__all__ = [
    "ClassificationAnswers",
    "FusionWeights",
    "checked_probabilities",
    "columns_of_probabilities",
    "n_rows_of",
    "take_rows",
]

_SUM_TOLERANCE = 1e-6


class FusionWeights(NamedTuple):
    """What late fusion learns from training rows.

    Attributes
    ----------
    seen : ndarray of int, shape (n_seen,)
        The numbers of the classes that training rows have.
    prior : ndarray of shape (n_seen,)
        Their shares.
    weights : ndarray of shape (n_voters,) or None
        The voters' shares, where they are learnt.
    """

    seen: NDArray[np.intp]
    prior: Floats
    weights: Floats | None


class AnsweredClassifier(ClassifierMixin, BaseEstimator):
    """A classifier that has answered already, whatever it is asked.

    Parameters
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    labels : ndarray of shape (n_rows,) or (n_rows, n_classes)
        What ``predict`` returns.
    proba : ndarray of shape (n_rows, n_classes) or None
        What ``predict_proba`` returns, if the method gave probabilities.
    """

    def __init__(
        self, classes_: NDArray[Any], labels: NDArray[Any], proba: Floats | None
    ) -> None:
        self.classes_, self.labels, self.proba = classes_, labels, proba

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the labels.

        Parameters
        ----------
        X : object
            Ignored.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_classes)
            Labels, or an indicator of them.
        """
        return self.labels

    @available_if(lambda self: self.proba is not None)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Floats | None:
        """Return the probabilities.

        Parameters
        ----------
        X : object
            Ignored.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            The probabilities that were given, whatever the rows.
        """
        return self.proba


class ClassificationAnswers(Answers):
    """One label per row and, where the method gives them, the classes' probabilities.

    A prediction has ``label``, the number of each row's class, and perhaps ``proba`` of
    shape (n_rows, n_classes), in which a class that was never learnt has zero.
    """

    is_classifier = True

    def refusal(self, method: Any) -> str | None:
        """Return why a method can't answer for this task, or None."""
        if is_regressor(method):
            return "is a regressor; classification needs a classifier"
        return None

    def prepare(self, method: Any) -> Any:
        """Let classifiers that take numbers only take labels of any kind."""
        return with_encoded_labels(method)

    def is_answer(self, estimator: Any) -> bool:
        """Return whether an estimator answers, rather than making features."""
        return is_classifier(estimator) or not hasattr(estimator, "transform")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Predict probabilities with a fitted classifier.

        Labels are those of ``predict``, also where another class is more probable.

        Parameters
        ----------
        model : classifier
            Fitted.
        X : object
            What it is asked about.
        target : Target
            Has the classes.

        Returns
        -------
        Prediction

        Raises
        ------
        ValueError
            When a label is not one of the classes, or probabilities are invalid.
        """
        classes = classes_of(target)
        if not hasattr(model, "predict_proba"):
            return Prediction({"label": _numbers(model.predict(X), classes)})
        seen = _numbers(model.classes_, classes)
        found = checked_probabilities(model.predict_proba(X), len(seen))
        _check_length(found, X)
        proba = np.zeros((len(found), len(classes)))
        proba[:, seen] = found
        labels = proba.argmax(axis=1)
        asked = needs_predict(model, proba)
        if asked is not None:
            rows = X if asked.all() else take_rows(X, np.flatnonzero(asked))
            labels[asked] = _numbers(model.predict(rows), classes)
        return Prediction({"label": labels, "proba": proba})

    def combines(self, voters: Sequence[Any]) -> bool:
        """Return whether all voters give probabilities: labels can't be combined."""
        return all(hasattr(voter, "predict_proba") for voter in voters)

    def average(
        self, parts: Sequence[Prediction], weights: Any, target: Target
    ) -> Prediction:
        """Return the (weighted) mean of probabilities, as soft voting does."""
        stacked = np.asarray([part["proba"] for part in parts])
        return _most_probable(np.average(stacked, axis=0, weights=weights))

    def learn_fusion(
        self,
        rule: Any,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> FusionWeights:
        """Return the classes' shares, and weights where the rule has any."""
        classes = classes_of(target)
        seen = np.searchsorted(classes, np.unique(target.y))
        y_index = np.searchsorted(classes[seen], target.y)
        prior = np.bincount(y_index) / len(y_index)
        weights = None
        if out_of_fold is not None:
            probas = np.array([part["proba"][:, seen] for part in out_of_fold])
            weights = (
                learn_weights(probas, y_index, present)
                if selection is None
                else select_voters(probas, y_index, present, rule, selection)
            )
        return FusionWeights(seen, prior, weights)

    def fuse(
        self,
        rule: Any,
        learnt: FusionWeights,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Combine probabilities by a rule of :func:`mmbench.fusion.combine`."""
        seen = learnt.seen
        probas = np.array([part["proba"][:, seen] for part in parts])
        proba = np.zeros((probas.shape[1], len(classes_of(target))))
        proba[:, seen] = combine(probas, present, rule, learnt.weights, learnt.prior)
        return _most_probable(proba)

    def stack(self, parts: Sequence[Prediction], trained: Target) -> Floats:
        """Return probabilities side by side, as StackingClassifier lays them out."""
        seen = np.searchsorted(classes_of(trained), np.unique(trained.y))
        # The first of two columns says the same as the second, and is left out.
        kept = seen[1:] if len(seen) == 2 else seen
        return np.concatenate([part["proba"][:, kept] for part in parts], axis=1)

    def constant(self, value: Any, n_rows: int) -> Prediction:
        """Return the prediction that all rows are of one class, given by its number."""
        label = np.full(n_rows, value)
        return Prediction({"label": label, "proba": np.eye(2)[label]})

    def as_estimator(
        self, target: Target, prediction: Prediction, *, trained: Target | None = None
    ) -> Any:
        """Return a classifier that gives this prediction."""
        classes, proba = classes_of(target), prediction.arrays.get("proba")
        labels = self.named(prediction, classes)
        if trained is not None:
            seen = np.searchsorted(classes, np.unique(trained.y))
            classes = classes[seen]
            proba = None if proba is None else proba[:, seen]
        return AnsweredClassifier(classes, labels, proba)

    def weigh_classes(self, method: Any, class_weight: str) -> tuple[Any, list[str]]:
        """Set ``class_weight`` wherever it is None; name the classifiers without it."""
        copy = clone(method)
        changes = {
            name: class_weight
            for name, value in copy.get_params(deep=True).items()
            if name.rpartition("__")[2] == "class_weight" and value is None
        }
        copy.set_params(**changes)
        inside = [copy, *copy.get_params(deep=True).values()]
        without = {type(each).__name__ for each in inside if _ignores_weights(each)}
        return copy, sorted(without)

    def named(self, prediction: Prediction, classes: NDArray[Any]) -> NDArray[Any]:
        """Return the predicted labels, as ``predict`` gives them.

        Parameters
        ----------
        prediction : Prediction
            Has ``label``.
        classes : ndarray of shape (n_classes,)
            The classes, sorted.

        Returns
        -------
        ndarray of shape (n_rows,)
            One class per row.
        """
        labels: NDArray[Any] = classes[prediction["label"]]
        return labels

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return the predicted labels, and one column of probabilities per class."""
        classes = classes_of(target)
        labels = {"label": self.named(prediction, classes).tolist()}
        return labels | columns_of_probabilities(classes, prediction)

    def floors(self) -> Mapping[str, Any]:
        """Return the method that only knows how frequent the classes are."""
        return {"dummy": DummyClassifier(strategy="prior")}

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read a column ``label``, or a column of probabilities for each class."""
        classes = classes_of(target)
        proba = probability_columns(columns, classes)
        if proba is None:
            return Prediction({"label": label_numbers(columns, classes)})
        labels = proba.argmax(axis=1)
        if "label" in columns:
            labels = label_numbers(columns, classes)
        return Prediction({"label": labels, "proba": proba})

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score a column ``label``, or one of probabilities for each class."""
        truth, said = paired_tables(references, predictions)
        labels = needed_column(truth, LABEL, references)
        y = np.array([str(cell) for cell in labels.cells], dtype=np.str_)
        if LABEL in said:
            needed_column(said, LABEL, predictions)
        # A class that no row is of may be answered all the same, and is wrong then.
        classes = sorted({*y.tolist(), *answered_classes(said)})
        target = Target(y, {"classes": classes})
        found = self.from_columns(said, target)
        return scored_files("sample", METRICS, target, found)

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return the true labels, the classes, and the prediction."""
        kept = {"y_true": target.scored, "classes": classes_of(target)}
        return kept | dict(prediction.arrays)

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back; without labels, the most probable classes are taken."""
        target = Target(arrays["y_true"], {"classes": arrays["classes"].tolist()})
        said = {n: arrays[n] for n in ("label", "proba") if n in arrays}
        if "label" not in said:
            said["label"] = self.likeliest(said["proba"])
            # Ones and zeros throughout stood for labels without probabilities.
            if np.isin(said["proba"], (0.0, 1.0)).all():
                del said["proba"]
        if "proba" in said:
            n_columns, n_classes = said["proba"].shape[1], len(arrays["classes"])
            if n_columns != n_classes:
                raise ValueError(
                    f"proba must have one column per class, got {n_columns}."
                )
            if not np.isfinite(said["proba"]).all():
                raise ValueError("proba must hold finite numbers, got NaN or inf.")
        return target, Prediction(said)

    def likeliest(self, proba: Floats) -> NDArray[Any]:
        """Return the most probable classes by number.

        Parameters
        ----------
        proba : ndarray of shape (n_rows, n_classes)
            The classes' probabilities.

        Returns
        -------
        ndarray of int, shape (n_rows,)
            The first of equally probable ones.
        """
        numbers: NDArray[np.intp] = proba.argmax(axis=1)
        return numbers


def columns_of_probabilities(
    classes: NDArray[Any], prediction: Prediction
) -> dict[str, Sequence[Any]]:
    """Return a column of probabilities for each class.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        What the columns stand for.
    prediction : Prediction
        May have ``proba``.

    Returns
    -------
    dict of str to list of float
        By ``proba_`` and the class; empty without probabilities.
    """
    if "proba" not in prediction:
        return {}
    columns = prediction["proba"].T.tolist()
    return {f"proba_{n}": c for n, c in zip(classes.tolist(), columns, strict=True)}


def checked_probabilities(proba: Any, n_columns: int, *, sums: bool = True) -> Floats:
    """Return probabilities as floats, or raise a `ValueError` where they are invalid.

    Parameters
    ----------
    proba : array-like of shape (n_rows, n_columns)
        What ``predict_proba`` returned.
    n_columns : int
        How many classes were learnt.
    sums : bool, default=True
        Whether each row must sum to one.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), float64
        The probabilities, unchanged.

    Raises
    ------
    ValueError
        When the shape differs, a value is not a finite number between 0 and 1, or a row
        does not sum to one.
    """
    given = np.asarray(proba)
    if given.dtype.kind not in "fiub":
        raise ValueError(
            f"predict_proba must return numbers, got an array of {given.dtype}."
        )
    found = given.astype(np.float64)
    if found.ndim != 2 or found.shape[1] != n_columns:
        raise ValueError(
            f"predict_proba must return {n_columns} columns, got shape {found.shape}."
        )
    if not np.all(np.isfinite(found)):
        raise ValueError("predict_proba must return finite numbers, got NaN or inf.")
    if found.size and (found.min() < 0 or found.max() > 1 + _SUM_TOLERANCE):
        worst = found.min() if found.min() < 0 else found.max()
        raise ValueError(
            f"predict_proba must return numbers between 0 and 1, got {worst:g}."
        )
    if sums and len(found):
        errors = np.abs(found.sum(axis=1) - 1)
        if errors.max() > max(_SUM_TOLERANCE, _rounding(given)):
            row = int(errors.argmax())
            raise ValueError(
                "each row of predict_proba must sum to 1, got "
                f"{found[row].sum():.6g} in row {row}."
            )
    return found


def n_rows_of(X: Any) -> int:
    """Return how many rows an estimator is asked about.

    Parameters
    ----------
    X : DataFrame, ndarray, sparse matrix, or a list of these
        What ``predict`` is given.

    Returns
    -------
    int
    """
    block = X[0] if isinstance(X, list) and X else X
    return int(block.shape[0]) if hasattr(block, "shape") else len(block)


def _check_length(found: Floats, X: Any) -> None:
    n_rows = n_rows_of(X)
    if len(found) != n_rows:
        raise ValueError(f"predict_proba must return {n_rows} rows, got {len(found)}.")


def _rounding(given: NDArray[Any]) -> float:
    """Return how far rounding alone may take the sum of a row from one."""
    if given.dtype.kind != "f":
        return 0.0
    return float(2 * given.shape[1] * np.finfo(given.dtype).eps)


def _ignores_weights(estimator: Any) -> bool:
    """Return whether something is a classifier, not a floor, without class weights."""
    if not _classifies(estimator) or isinstance(estimator, DummyClassifier):
        return False
    params = estimator.get_params(deep=True)
    # What is made of classifiers leaves the weights to them.
    return "class_weight" not in params and not any(map(_classifies, params.values()))


def _classifies(value: Any) -> bool:
    is_estimator = hasattr(value, "get_params") and not isinstance(value, type)
    return is_estimator and is_classifier(value)


def _most_probable(proba: Floats) -> Prediction:
    return Prediction({"label": proba.argmax(axis=1), "proba": proba})


def _numbers(labels: Any, classes: NDArray[Any]) -> NDArray[np.intp]:
    """Return labels by number."""
    found = np.asarray(labels)
    numbers = np.searchsorted(classes, found).clip(max=len(classes) - 1)
    strange = classes[numbers] != found
    if np.any(strange):
        raise ValueError(
            f"predict must return labels seen in fit, got {found[strange][0]!r}."
        )
    return numbers


def take_rows(X: Any, rows: NDArray[np.intp]) -> Any:
    """Return some rows of what an estimator is asked about.

    Parameters
    ----------
    X : DataFrame, ndarray, sparse matrix, or a list of these
        What ``predict`` is given.
    rows : ndarray of int
        Their positions.

    Returns
    -------
    object
        Of the same kind.
    """
    if isinstance(X, list):
        return [take_rows(block, rows) for block in X]
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]
