"""What single methods answered about every test row of one seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.errors import AlteredError, StoreError
from mmbench.report.judging.oof_predictions import pooled_target, read_part
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.report.run import OnDataset
    from mmbench.results import Predictions
    from mmbench.tasks import Target

__all__ = ["OutOfFold", "out_of_fold"]


class OutOfFold(NamedTuple):
    """What several methods answered about the same rows.

    Attributes
    ----------
    ids : ndarray of shape (n_rows,)
        The samples.
    target : Target
        What is true of them.
    answers : mapping of str to Prediction
        By method.
    """

    ids: NDArray[Any]
    target: Target
    answers: Mapping[str, Prediction]


def out_of_fold(
    here: OnDataset, methods: Sequence[str], read: Callable[[str], Predictions]
) -> OutOfFold | None:
    """Read what methods answered about the rows that they were not fitted to.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    methods : sequence of str
        The methods; those whose predictions can't be read, or are of other rows than
        the first's, are left out.
    read : callable
        Returns the predictions of a key.

    Returns
    -------
    OutOfFold or None
        Of the first seed, so that each sample is there once; None without predictions,
        or where a row's score depends on the others of its fold.

    Raises
    ------
    AlteredError
        When predictions are not those that their record is of.
    """
    if not (here.task.independent_rows or here.shown.compares_folds):
        return None  # folds' answers can't be set side by side
    seed = min(trial["seed"] for trial in here.trials)
    ids: NDArray[Any] | None = None
    target, answers = None, {}
    for method in methods:
        own = [t for t in here.trials if (t["method"], t["seed"]) == (method, seed)]
        own.sort(key=lambda trial: trial["fold"])
        try:
            parts = [read_part(here.task, read(trial["key"])) for trial in own]
        except AlteredError:
            raise
        except StoreError:
            continue  # the report says which predictions can't be read
        if not parts:
            continue
        found = np.concatenate([part.ids for part in parts])
        if ids is None:
            ids, target = found, pooled_target([part.target for part in parts])
        if np.array_equal(ids, found):
            answers[method] = Prediction.concatenate([p.prediction for p in parts])
    return None if ids is None or target is None else OutOfFold(ids, target, answers)
