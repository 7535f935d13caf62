"""Run one trial: fit on its training rows, predict its test rows."""

from __future__ import annotations

import time
import traceback
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.engine.folds import Fold, folds_of
from mmbench.engine.seeding import prepared
from mmbench.errors import RequirementError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.base import ClassifierMixin

    from mmbench.datasets import Samples
    from mmbench.results import Status
    from mmbench.suite import Trial


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a trial, before it is scored.

    Parameters
    ----------
    status : {"ok", "failed", "skipped"}
        Skipped means that something must be installed or fetched first.
    reason, traceback : str, optional
        Why it is not ok.
    proba : ndarray of shape (n_test, n_classes), optional
        Class probabilities of the test rows, over all classes of the dataset.
    has_proba : bool
        False when the method only predicts labels, marked by ones in `proba`.
    test : ndarray of shape (n_test,), optional
        Row numbers of the test rows.
    n_train : int
        The number of training rows.
    fit_time_s, predict_time_s : float, optional
        Wall time.
    warnings : tuple of str
        What the method warned about, each message once.
    """

    status: Status
    reason: str | None = None
    traceback: str | None = None
    proba: NDArray[np.float64] | None = None
    has_proba: bool = True
    test: NDArray[np.intp] | None = None
    n_train: int = 0
    fit_time_s: float | None = None
    predict_time_s: float | None = None
    warnings: tuple[str, ...] = field(default=())


def run_trial(
    trial: Trial, method: ClassifierMixin, samples: Samples, cv: Any
) -> Outcome:
    """Fit and predict; whatever goes wrong becomes an outcome with its reason."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            fold = folds_of(samples, cv, trial.seed)[trial.fold]
            outcome = _fit_and_predict(trial, method, samples, fold)
        except RequirementError as error:
            return Outcome(status="skipped", reason=str(error))
        except Exception as error:  # noqa: BLE001 - the one place where a node runs
            return Outcome(
                status="failed",
                reason=f"{type(error).__name__}: {error}",
                traceback=traceback.format_exc(),
            )
    messages = dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in caught)
    return Outcome(**{**vars(outcome), "warnings": tuple(messages)})


def _fit_and_predict(
    trial: Trial, method: ClassifierMixin, samples: Samples, fold: Fold
) -> Outcome:
    X, y, groups = samples.X, samples.y, samples.groups
    model = prepared(
        method,
        seed=trial.seed,
        y=y[fold.train],
        groups=None if groups is None else groups[fold.train],
    )
    X_train, X_test = X.iloc[fold.train], X.iloc[fold.test]
    start = time.perf_counter()
    model.fit(X_train, y[fold.train])
    fitted = time.perf_counter()
    has_proba = hasattr(model, "predict_proba")
    output = model.predict_proba(X_test) if has_proba else model.predict(X_test)
    predicted = time.perf_counter()
    classes = np.unique(y)
    align = aligned if has_proba else _marked
    return Outcome(
        status="ok",
        proba=align(np.asarray(output), model.classes_, classes),
        has_proba=has_proba,
        test=fold.test,
        n_train=len(fold.train),
        fit_time_s=fitted - start,
        predict_time_s=predicted - fitted,
    )


def aligned(
    proba: NDArray[Any], seen: NDArray[Any], classes: NDArray[Any]
) -> NDArray[np.float64]:
    """Return probabilities over all classes; a class never seen in fit has none.

    Examples
    --------
    >>> aligned(np.array([[0.25, 0.75]]), np.array(["a", "c"]), np.array(list("abc")))
    array([[0.25, 0.  , 0.75]])
    """
    if not np.all(np.isfinite(proba)):
        raise ValueError("predict_proba must return finite numbers, got NaN or inf.")
    full = np.zeros((len(proba), len(classes)))
    full[:, np.searchsorted(classes, seen)] = proba
    return full


def _marked(
    labels: NDArray[Any], _seen: NDArray[Any], classes: NDArray[Any]
) -> NDArray[np.float64]:
    full = np.zeros((len(labels), len(classes)))
    full[np.arange(len(labels)), np.searchsorted(classes, labels)] = 1.0
    return full


