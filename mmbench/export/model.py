"""A model that was exported: loaded, checked, and asked about new rows."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks.catalogue import MISSING_VALUES
from mmbench.datasets.new_rows import read_new_rows
from mmbench.errors import DataWarning, StoreError
from mmbench.export.archive import read_model
from mmbench.export.manifest import check_manifest, read_json
from mmbench.export.pretrained import unbundle
from mmbench.tasks import Target, get_task

if TYPE_CHECKING:
    import pandas as pd

    from mmbench.tasks import Prediction, Task

__all__ = ["FACTS", "MODEL", "ExportedModel", "load_model"]

MODEL, FACTS = "model.skops", "model.json"


@dataclass(frozen=True)
class ExportedModel:
    """A fitted method, and what it takes to ask it.

    Parameters
    ----------
    estimator : estimator
        The fitted scikit-learn estimator over a DataFrame of `columns`.
    facts : mapping
        What is known about it: ``method``, ``dataset``, ``task``, ``columns``,
        ``seed``, ``trained_on`` and more, as ``model.json`` has it.
    """

    estimator: Any
    facts: Mapping[str, Any]

    @property
    def task(self) -> Task:
        """What kind of question it answers."""
        return get_task(self.facts["task"])

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that it needs, and the modality of each."""
        return dict(self.facts["columns"])

    def predict(
        self, data: Any, *, image_root: str | PathLike[str] | None = None
    ) -> pd.DataFrame:
        """Answer for new rows.

        Parameters
        ----------
        data : path, data frame, mapping or sequence
            What :func:`mmbench.read_table` takes, without a label. Cells may be
            missing; categories may be new.
        image_root : path, optional
            The folder that paths in cells must not leave; by default the table's own.

        Returns
        -------
        DataFrame
            A row for each: ``label``, and where the method gives them a column
            ``proba_CLASS`` for each class; or ``number``.

        Raises
        ------
        DataError
            When a column lacks, or a cell can't be used.

        Warns
        -----
        DataWarning
            When cells that are not empty count as missing.
        """
        import pandas as pd

        rows = read_new_rows(
            data,
            self.facts["columns"],
            views=self.facts["views"],
            image_root=image_root,
        )
        for notice in rows.notices:
            if notice.check.code != MISSING_VALUES.code:  # which are welcome
                warnings.warn(str(notice), DataWarning, stacklevel=2)
        answers = self.task.answers.to_columns(self._target, self.answer(rows.X))
        return pd.DataFrame(dict(answers), index=rows.X.index)

    def answer(self, X: pd.DataFrame) -> Prediction:
        """Answer as a trial of a run does.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
            Cells as datasets have them: strings, numbers, pictures, None.

        Returns
        -------
        Prediction
            Of these rows.
        """
        return self.task.answers.predict(self.estimator, X, self._target)

    @property
    def _target(self) -> Target:
        return Target(np.empty(0), self.facts["schema_of_target"])


def load_model(
    path: str | PathLike[str], *, trusted: Sequence[str] = ()
) -> ExportedModel:
    """Load an exported model; nothing that its files hold is executed.

    Parameters
    ----------
    path : path
        The folder that ``mmbench export`` wrote.
    trusted : sequence of str, default=()
        Full names of types to allow besides scikit-learn's and mmbench's, for methods
        of your own.

    Returns
    -------
    ExportedModel

    Raises
    ------
    AlteredError
        When a file is not the one that was exported.
    StoreError
        When this is not a model, or it is damaged.
    UsageError
        When it holds a type that is not trusted.
    MissingDependencyError
        When the extra ``export`` is not installed.
    """
    folder = Path(path)
    check_manifest(folder)
    facts = read_json(folder / FACTS)
    for name, kind in _FACTS.items():
        if not isinstance(facts.get(name), kind):
            raise StoreError(f"{folder / FACTS} says nothing about {name!r}.")
    estimator = read_model(folder / MODEL, trusted=trusted)
    unbundle(estimator, folder)
    return ExportedModel(estimator, facts)


_FACTS = {"task": str, "columns": dict, "views": dict, "schema_of_target": dict}
