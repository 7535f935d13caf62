"""From the options of ``mmbench run`` to the suite that was asked for."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mmbench.checks import check_codes
from mmbench.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from mmbench.suite import Suite

# Folds, repeats and seed of a built-in suite, unless the command line says otherwise.
N_FOLDS, N_REPEATS, SEED = 5, 1, 0


OF_A_TABLE = (
    *(
        "target",
        "task",
        "log_target",
        "label_separator",
        "min_class_size",
        "merge_rare",
        "key",
        "gallery_size",
        "text",
        "image",
        "numeric",
        "categorical",
        "audio",
        "view",
        "embedding",
    ),
    *("group", "split", "sample_weight", "image_root"),
)
"""The options that describe a table."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked of ``mmbench run``; the fields are its options.

    Parameters
    ----------
    suite : str
        The name of a built-in suite, or the path of a Python file.
    data : path, optional
        The name of an installed dataset, a folder with a card, or a table.
    data_dir : path, optional
        Where datasets are installed.
    ignore_split : bool
        Whether folds replace a dataset's official split.
    target : tuple of str
        The table's column of labels, or several that mark one each.
    task : str, optional
        What kind of question the target is; by default what it looks like.
    log_target : bool
        Whether methods are fitted to the logarithm of the target.
    label_separator : str, optional
        What joins the labels in a cell of that column.
    min_class_size : int, optional
        How many samples a class must have to stay one.
    merge_rare : str, optional
        The class that smaller ones count as.
    key : str, optional
        The table's column of relevance keys.
    gallery_size : int, optional
        How many pictures a query is ranked among.
    text, image, numeric, categorical, audio : tuple of str
        The table's columns of each modality.
    view : tuple of str
        ``NAME=GLOB`` each: numeric columns that are a unit of their own.
    embedding : tuple of str
        The table's columns of lists of numbers, each a view of its own.
    group, split : str, optional
        The table's columns of groups and of the official split.
    sample_weight : str, optional
        The table's column of sample weights.
    image_root : path, optional
        The folder that image paths stay under.
    auto : bool
        Whether what columns look like says what they are for, where options don't.
    dataset, method : tuple of str
        Choose datasets by name and methods by pattern.
    metric : tuple of str
        The metrics, the first of which ranks; none leaves them to the tasks.
    class_weight : str, optional
        How predictors weigh classes.
    slices : tuple of str
        Columns whose values reports break scores down by.
    ignore : tuple of str
        The codes of checks whose warnings are ignored.
    rope : float, optional
        The region of practical equivalence; None leaves it to the suite.
    folds, repeats, seed : int, optional
        The splits; None leaves them to the suite.
    weights : tuple of str
        ``ARCH=PATH`` each.
    vectors : path, optional
        A file of pretrained word vectors.
    text_model : tuple of str
        Folders or names of pretrained language models.
    tune : int or float, optional
        How many candidates each method tries, itself among them; or for how many
        seconds, which is known once its trials have been timed.
    """

    suite: str
    data: Path | None = None
    data_dir: Path | None = None
    ignore_split: bool = False
    target: tuple[str, ...] = ()
    task: str | None = None
    log_target: bool = False
    label_separator: str | None = None
    min_class_size: int | None = None
    merge_rare: str | None = None
    key: str | None = None
    gallery_size: int | None = None
    text: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    embedding: tuple[str, ...] = ()
    group: str | None = None
    split: str | None = None
    sample_weight: str | None = None
    image_root: Path | None = None
    auto: bool = False
    dataset: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    metric: tuple[str, ...] = ()
    class_weight: str | None = None
    slices: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rope: float | None = None
    folds: int | None = None
    repeats: int | None = None
    seed: int | None = None
    weights: tuple[str, ...] = ()
    vectors: Path | None = None
    text_model: tuple[str, ...] = ()
    tune: int | float | None = None

    @property
    def is_file(self) -> bool:
        """Whether the suite is a Python file, not a built-in one."""
        return self.suite.endswith(".py") or len(Path(self.suite).parts) > 1

    def refuse(self, options: Sequence[str], why: str) -> None:
        """Refuse options that don't fit the others.

        Parameters
        ----------
        options : sequence of str
            Names of fields.
        why : str
            What stands behind the option's name in the message.

        Raises
        ------
        UsageError
            When one of the options was given.
        """
        for name in options:
            if getattr(self, name) not in (None, (), False):
                raise UsageError(f"--{name.replace('_', '-')} {why}")


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
    if builtin is None or builtin.task is None:
        about = "is for suites that rank pairs: retrieval."
        request.refuse(("key", "gallery_size"), about)
        return request
    request.refuse(("task",), f"is {builtin.task!r} in this suite; leave it out.")
    if request.data is None or not _describes_a_table(request):
        return request
    if request.key and request.target:
        raise UsageError("--key is what --target would be; give one of them.")
    target = (request.key,) if request.key else request.target or request.image[:1]
    if not target:
        raise UsageError(
            "retrieval needs both sides of pairs: --text COL and --image COL; or two "
            "views (--view), and with --key COL what is relevant to each other."
        )
    return dataclasses.replace(request, target=target, task=builtin.task)


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
    if request.metric:
        suite = dataclasses.replace(suite, scoring=request.metric)
    if request.method:
        suite = suite.with_methods(request.method)
    if isinstance(request.tune, int):
        from mmbench.suites.tuning import tuned_suite

        suite = tuned_suite(suite, request.tune)
    return suite


def _suite_of_file(request: Request) -> Suite:
    from mmbench.cli.suite_file import load_suite_file

    request.refuse(
        ("data", "weights", "vectors", "text_model"),
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
    first = SEED if request.seed is None else request.seed
    build = functools.partial(
        build_suite,
        request.suite,
        weights=weights or None,
        vectors=vectors,
        text_models=named_text_models(request.text_model) or None,
        log_target=request.log_target,
        class_weight=request.class_weight,
        cv=N_FOLDS if request.folds is None else request.folds,
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
