"""Run a suite from Python, and compare methods of one's own on a table."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from mmbench.api.display import display_of
from mmbench.api.results import Results
from mmbench.datasets import read_table
from mmbench.engine import make_plan
from mmbench.engine import run as iter_run
from mmbench.engine.execution.progress import SILENT
from mmbench.errors import UnknownNameError
from mmbench.fusion import branch, columns_of
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import Metric, all_metrics

if TYPE_CHECKING:
    from mmbench.engine import Plan

__all__ = ["compare_methods", "run"]


def run(
    suite: Suite | Plan,
    out: ResultStore | str | PathLike[str] | None = None,
    *,
    progress: bool | None = None,
    **options: Any,
) -> Results:
    """Run every trial of a suite that has not been run yet, and return the results.

    Parameters
    ----------
    suite : Suite or Plan
        What to run.
    out : path or ResultStore, optional
        The results folder. An interrupted run is resumed. By default a
        temporary one, which is removed with the results.
    progress : bool, optional
        Whether to show how far it is; by default in a notebook and on a terminal.
    **options
        As :func:`mmbench.iter_run` takes them: ``jobs``, ``cache``, ``fresh``,
        ``limits``, ``throughput``, ``probes``, ``retrain``, ``train_sizes``,
        ``scheduler``, ``ship_images``, ``debug``.

    Returns
    -------
    Results
        With the leaderboard, the verdicts, the report and a frame of all trials.

    See Also
    --------
    mmbench.iter_run : Yields each record as its trial ends.
    """
    plan = make_plan(suite) if isinstance(suite, Suite) else suite
    folder = tempfile.mkdtemp(prefix="mmbench-") if out is None else out
    store = folder if isinstance(folder, ResultStore) else ResultStore(folder)
    with display_of(progress) as display:
        records = iter_run(plan, store, progress=display or SILENT, **options)
        if display is None:
            deque(records, maxlen=0)
        else:
            display.watch(records)
    own = [each for each in plan.suite.scoring if isinstance(each, Metric)]
    results = Results(store.out_dir, own)
    if out is None:
        weakref.finalize(results, shutil.rmtree, store.out_dir, ignore_errors=True)
    return results


def compare_methods(
    data: Any,
    *,
    target: str | Sequence[str],
    methods: Mapping[str, Any],
    text: Sequence[str] = (),
    image: Sequence[str] = (),
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    group: str | None = None,
    task: str | None = None,
    scoring: Sequence[Any] | None = None,
    cv: Any = 5,
    seeds: Sequence[int] = (0,),
    out: str | PathLike[str] | None = None,
    **options: Any,
) -> Results:
    r"""Compare scikit-learn estimators on a table by cross-validation.

    Parameters
    ----------
    data : DataFrame or path
        As :func:`mmbench.read_table` takes it.
    target : str or sequence of str
        The column that is predicted.
    methods : mapping of str to estimator
        Classifiers or regressors by name. They are given a DataFrame of the columns
        named here; of a single column of texts or images, that column alone, so that a
        pipeline which begins with a vectorizer is a method as it is.
    text, image, numeric, categorical : sequence of str, default=()
        The columns of each modality; at least one in all.
    group, task : str, optional
        As :func:`mmbench.read_table` takes them.
    scoring, cv, seeds
        As :class:`mmbench.Suite` takes them.
    out : path, optional
        As :func:`mmbench.run` takes it.
    **options
        As :func:`mmbench.run` takes them.

    Returns
    -------
    Results

    Raises
    ------
    UsageError
        When a metric does not exist, or a method does not suit the task.
    DataError
        When the table can't be used as it is.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "fruit.csv")
    >>> rows = ["red round,apple", "long yellow,banana"] * 10
    >>> _ = path.write_text("\n".join(["text,fruit", *rows]))
    >>> methods = {
    ...     "counts": make_pipeline(CountVectorizer(), MultinomialNB()),
    ...     "tfidf": make_pipeline(TfidfVectorizer(), MultinomialNB()),
    ... }
    >>> how = {"cv": 2, "debug": True, "throughput": False, "probes": False}
    >>> found = compare_methods(
    ...     path, target="fruit", text=["text"], methods=methods, **how
    ... )
    >>> found.leaderboard()[["method", "accuracy_mean"]].values.tolist()
    [['counts', 1.0], ['tfidf', 1.0]]
    >>> folder.cleanup()
    """
    for metric in scoring or ():
        if isinstance(metric, str) and metric not in all_metrics():
            raise UnknownNameError("metric", metric, all_metrics())
    dataset = read_table(
        data,
        target=target,
        text=text,
        image=image,
        numeric=numeric,
        categorical=categorical,
        group=group,
        task=task,
    )
    only = [*text, *image] if not (numeric or categorical) else []
    if len(only) == 1:
        methods = {
            n: m if columns_of(m) else branch(*only, m) for n, m in methods.items()
        }
    suite = Suite(
        name=dataset.name,
        datasets=[dataset],
        methods=methods,
        cv=cv,
        scoring=scoring,  # type: ignore[arg-type]
        seeds=seeds,
    )
    return run(suite, out, **options)
