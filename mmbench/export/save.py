"""A run's method, saved as a model with its card."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from mmbench.errors import UsageError, require_installed
from mmbench.export.archive import dump_model
from mmbench.export.card import card_text, example_text
from mmbench.export.choose import (
    NO_NEEDS,
    Needs,
    best_method,
    chosen_dataset,
    named_method,
)
from mmbench.export.manifest import SCHEMA, write_json, write_manifest
from mmbench.export.model import FACTS, MODEL
from mmbench.export.packages import versions_needed
from mmbench.export.pretrained import bundle
from mmbench.export.refit import Refitted, check_same, narrowed, refitted
from mmbench.export.scores import scores_of_method
from mmbench.fusion import needed_columns
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.report.run import OnDataset, Run
from mmbench.results import ResultStore, write_text
from mmbench.suite import Suite

__all__ = ["check_place", "chosen", "export_model"]


def export_model(
    results: str | PathLike[str],
    to: str | PathLike[str],
    suite: Suite,
    *,
    method: str | None = None,
    dataset: str | None = None,
    fold: int | None = None,
    seed: int | None = None,
    needs: Needs = NO_NEEDS,
    trusted: Sequence[str] = (),
) -> Path:
    """Fit a run's method to all rows by plain scikit-learn, and save it with its card.

    Parameters
    ----------
    results : path
        The results folder of the run.
    to : path
        The model's folder, which must be new or empty.
    suite : Suite
        The suite that was run. Its data and its method must be the run's.
    method : str, optional
        A method of the run; by default the best that is better than the floor.
    dataset : str, optional
        A dataset of the run; may be left out where there is one.
    fold : int, optional
        Fit the model of this fold's trial instead.
    seed : int, optional
        That of the random states, and of the folds; by default the run's first.
    needs : Needs, default=none
        What the best method has to meet.
    trusted : sequence of str, default=()
        Full names of types that may be saved besides scikit-learn's and mmbench's, as
        methods of your own need; `load_model` has to be given them, too.

    Returns
    -------
    Path
        The model's folder.

    Raises
    ------
    UsageError
        When the method can't be exported, no method is better than the floor or meets
        the needs, or the suite is not the run's.
    DataError
        When the data are not the run's.
    StoreError
        When a folder can't be read or written.
    MissingDependencyError
        When the extra ``export`` is not installed.
    """
    require_installed("skops", extra="export")
    check_place(Path(to))
    run = Run.read(ResultStore(results))
    here, judgement, name = chosen(run, method=method, dataset=dataset, needs=needs)
    seed = _seed(run, seed)
    small = narrowed(suite, here.name, name)
    check_same(run.plan, small)
    fitted = refitted(small, fold=fold, seed=seed)
    facts = _facts(run, here, name, fitted) | {
        "scores": [each._asdict() for each in scores_of_method(name, here, judgement)]
    }
    return _written(Path(to), fitted, facts, (run, here, judgement), trusted)


def chosen(
    run: Run, *, method: str | None, dataset: str | None, needs: Needs = NO_NEEDS
) -> tuple[OnDataset, Judgement, str]:
    """Choose what is exported.

    Parameters
    ----------
    run : Run
        What the results folder holds.
    method, dataset : str, optional
        As `export_model` takes them.
    needs : Needs, default=none
        What the best method has to meet.

    Returns
    -------
    tuple of (OnDataset, Judgement, str)
        What was done on the dataset, what follows from it, and the method.

    Raises
    ------
    UsageError
        When there is no such method or dataset, or none that may be chosen.
    """
    here = chosen_dataset(run, dataset)
    judgement = judge(run)[here.name]
    if method is not None:
        return here, judgement, named_method(here, run.names.full(method))
    measured = run.measured.get(here.name, {})
    return here, judgement, best_method(here, judgement, measured, needs)


def _seed(run: Run, seed: int | None) -> int:
    seeds = [int(each) for each in run.plan.get("seeds") or (0,)]
    if seed is None:
        return seeds[0]
    if seed not in seeds:
        raise UsageError(f"seed must be one of the run's, {seeds}, got {seed}.")
    return seed


def _facts(run: Run, here: OnDataset, method: str, fitted: Refitted) -> dict[str, Any]:
    dataset = fitted.plan.datasets[here.name]
    picked = needed_columns(fitted.plan.suite.methods[method])
    needed = picked or tuple(dataset.modalities)
    record = next(
        (
            run.records[trial["key"]]
            for trial in here.trials
            if trial["method"] == method and trial["key"] in run.records
        ),
        None,
    )
    return {
        "schema": SCHEMA,
        "method": method,
        "dataset": here.name,
        "suite": str(run.plan.get("suite", "")),
        "task": dataset.task.name,
        "columns": {name: dataset.modalities[name] for name in needed},
        "views": {name: list(columns) for name, columns in dataset.views.items()},
        "schema_of_target": dict(fitted.plan.targets[here.name].schema),
        "trained_on": "all rows"
        if fitted.fold is None
        else f"the training rows of fold {fitted.fold}",
        "fold": fitted.fold,
        "seed": fitted.seed,
        "n_train": fitted.n_train,
        "data_checksum": dataset.checksum,
        "method_digest": run.plan["methods"][method]["digest"],
        "computed_with": list(record.computed_with) if record else [],
        "versions": versions_needed(
            fitted.estimator, [dataset.modalities[name] for name in needed]
        ),
    }


def _written(
    folder: Path,
    fitted: Refitted,
    facts: Mapping[str, Any],
    said: tuple[Run, OnDataset, Judgement],
    trusted: Sequence[str],
) -> Path:
    """Write the model's folder beside its place, then put it there."""
    made = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    try:
        made.mkdir(parents=True)
        bundle(fitted.estimator, made)
        dump_model(fitted.estimator, made / MODEL, trusted=trusted)
        write_json(made / FACTS, facts)
        write_text(made / "README.md", card_text(facts, *said))
        write_text(made / "requirements.txt", _requirements(facts["versions"]))
        write_text(made / "example.py", example_text(facts))
        write_manifest(made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def check_place(folder: Path) -> None:
    """Check, before anything is fitted, that a model may be written to a folder.

    Parameters
    ----------
    folder : Path
        The model's folder.

    Raises
    ------
    UsageError
        When there is something.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(f"{folder} already exists; give a new or empty folder.")


def _requirements(found: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in found.items())
