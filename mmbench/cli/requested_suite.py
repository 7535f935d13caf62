"""From the options of ``mmbench run`` to the suite that was asked for."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mmbench.checks import check_codes
from mmbench.cli.request import OF_A_TABLE, Request
from mmbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from mmbench.suite import Suite

# Repeats and seed of a built-in suite, unless the command line says otherwise.
N_REPEATS, SEED = 1, 0


class Draft(NamedTuple):
    """A suite as far as it is known without its data.

    Attributes
    ----------
    suite : Suite
        Has the name, the methods and the columns that were asked for.
    complete : callable
        Opens pretrained files, reads the data, and returns the suite that can be run.
    """

    suite: Suite
    complete: Callable[[], Suite]


def requested_suite(request: Request) -> Suite:
    """Return the suite that was asked for, cut down to what was asked for.

    Parameters
    ----------
    request : Request
        What the user asked for.

    Returns
    -------
    Suite
        Its datasets are loaded when they are needed.

    Raises
    ------
    UsageError
        When the options contradict each other, or name what does not exist.
    DataError
        When the table can't be read.
    """
    return drafted(request).complete()


def with_task(request: Request) -> Request:
    """Return a request whose table is read for the task of its suite, if it has one.

    Parameters
    ----------
    request : Request
        What the user asked for.

    Returns
    -------
    Request
        The same, but for suites of one task: with that task, and its default target.

    Raises
    ------
    UsageError
        When an option is for another suite, or there is no key.
    """
    from mmbench.suites import SUITES

    builtin = SUITES.get(request.suite)
    _refuse_options_of_others(request, builtin.own_options if builtin else ())
    if builtin is None or builtin.task is None:
        return request
    request.refuse(("task",), f"is {builtin.task!r} in this suite; leave it out.")
    if request.data is None or not _describes_a_table(request):
        return request
    given = [each for each in builtin.target_options if getattr(request, each)]
    if "target" in given[1:]:
        raise UsageError(
            f"--{_flag(given[0])} does the same as --target; give one of them."
        )
    if not given:
        raise UsageError(f"suite {request.suite!r} {builtin.needs}")
    named = getattr(request, given[0])
    if given[0] not in ("target", "text_target"):
        named = (named,) if isinstance(named, str) else named[:1]
    return dataclasses.replace(request, target=named, task=builtin.task)


def _refuse_options_of_others(request: Request, own: Sequence[str]) -> None:
    """Refuse the options that only suites of other tasks take."""
    from mmbench.suites import SUITES

    for option in dict.fromkeys(o for s in SUITES.values() for o in s.own_options):
        if option not in own:
            suites = [n for n, each in SUITES.items() if option in each.own_options]
            request.refuse((option,), f"is for the suite {' and '.join(suites)}.")


def _flag(option: str) -> str:
    return option.replace("_", "-")


def _describes_a_table(request: Request) -> bool:
    from mmbench.datasets import is_known

    data = request.data
    assert data is not None  # noqa: S101 - the caller has looked
    return not (data / "card.toml").is_file() and (
        data.is_file() or not is_known(str(data))
    )


def drafted(request: Request) -> Draft:
    """Return what can be known of a suite at once, before any data is read.

    Parameters
    ----------
    request : Request
        What the user asked for.

    Returns
    -------
    Draft
        A suite to plan with, and how to complete it.

    Raises
    ------
    UsageError
        When the options contradict each other, or name what does not exist.
    """
    if request.data is None:
        request.refuse(OF_A_TABLE, "describes a table; give the table with --data.")
        about = "is about the data given with --data."
        request.refuse(("ignore_split", "auto"), about)
    if request.tune is None:
        request.refuse(("tuner",), "goes with --tune N.")
    if not request.is_file:
        return _builtin_suite(request)
    suite = _chosen(_suite_of_file(request), request)
    return Draft(suite, lambda: suite)


def _chosen(suite: Suite, request: Request) -> Suite:
    if request.ignore:
        ignored = dict.fromkeys((*suite.ignore, *request.ignore))
        suite = dataclasses.replace(suite, ignore=tuple(ignored))
    if request.slices:
        wanted = dict.fromkeys((*suite.slices, *request.slices))
        suite = dataclasses.replace(suite, slices=tuple(wanted))
    if request.rope is not None:
        suite = dataclasses.replace(suite, rope=request.rope)
    if request.max_train_rows is not None:
        suite = dataclasses.replace(suite, max_train_rows=request.max_train_rows)
    if request.metric:
        from mmbench.suites.ensembling import with_metrics

        suite = with_metrics(suite, request.metric)
    if request.method:
        suite = suite.with_methods(request.method)
    if isinstance(request.tune, int):
        from mmbench.suites.tuning import tuned_suite

        suite = tuned_suite(suite, request.tune, request.tuner or "random")
    return suite


def _suite_of_file(request: Request) -> Suite:
    from mmbench.cli.suite_file import load_suite_file

    request.refuse(
        ("data", "weights", "vectors", "text_model", "dual_encoder"),
        "goes with a built-in suite; a suite file names its own data and models.",
    )
    suite = load_suite_file(Path(request.suite))
    if request.dataset:
        suite = _with_datasets(suite, request.dataset)
    if request.class_weight is not None:
        suite = dataclasses.replace(suite, class_weight=request.class_weight)
    if request.folds is not None:
        suite = dataclasses.replace(suite, cv=request.folds)
    if request.repeats is not None or request.seed is not None:
        first = suite.seeds[0] if request.seed is None else request.seed
        n_seeds = len(suite.seeds) if request.repeats is None else request.repeats
        suite = dataclasses.replace(suite, seeds=tuple(range(first, first + n_seeds)))
    return suite


def _with_datasets(suite: Suite, names: Sequence[str]) -> Suite:
    """Return a suite with only some of its datasets, and the methods that fit them."""
    known = {dataset.name: dataset for dataset in suite.datasets}
    for name in names:
        if name not in known:
            raise UnknownNameError("dataset", name, known)
    chosen = [dataset for dataset in suite.datasets if dataset.name in names]
    methods = {
        name: method
        for name, method in suite.methods.items()
        if any(suite.covers(dataset, name) for dataset in chosen)
    }
    return dataclasses.replace(suite, datasets=chosen, methods=methods)


def _builtin_suite(request: Request) -> Draft:
    from mmbench.cli.pretrained import (
        check_pretrained,
        existing_vectors,
        found_dual_encoder,
        named_text_models,
        split_weights,
    )
    from mmbench.cli.requested_data import requested_data
    from mmbench.suites import SUITES, build_suite

    if request.suite not in SUITES:
        raise UnknownNameError("suite", request.suite, SUITES)
    check_codes(request.ignore)  # a suite does, too, but once a table is read
    weights = dict(split_weights(text) for text in request.weights)
    vectors = existing_vectors(request.vectors)
    dual_encoder = found_dual_encoder(request.dual_encoder)
    first = SEED if request.seed is None else request.seed
    build = functools.partial(
        build_suite,
        request.suite,
        weights=weights or None,
        vectors=vectors,
        text_models=named_text_models(request.text_model) or None,
        dual_encoder=dual_encoder,
        log_target=request.log_target,
        class_weight=request.class_weight,
        cv=request.folds,
        seeds=tuple(range(first, first + (request.repeats or N_REPEATS))),
    )

    data = requested_data(request)

    def complete() -> Suite:
        check_pretrained(request.weights, request.vectors, request.text_model)
        suite = _chosen(build(data.read()), request)
        return suite if vectors is None else _with_coverage(suite, vectors)

    # What takes part depends on the rows, which are not read yet.
    rare = None if request.data is None else True
    draft = build(data.drafts, imbalanced=rare, class_keys=rare)
    return Draft(_chosen(draft, request), complete)


def _with_coverage(suite: Suite, vectors: Path) -> Suite:
    from mmbench.cli.coverage import with_coverage

    datasets = [with_coverage(dataset, vectors) for dataset in suite.datasets]
    return dataclasses.replace(suite, datasets=datasets)
