"""From the options of ``mmbench run`` to the suite that was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.errors import (
    DataError,
    MissingDependencyError,
    UnknownNameError,
    UsageError,
)

if TYPE_CHECKING:
    from mmbench.datasets import Dataset
    from mmbench.suite import Suite

# Folds, repeats and seed of a built-in suite, unless the command line says otherwise.
N_FOLDS, N_REPEATS, SEED = 5, 1, 0


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
    target : str, optional
        The table's column of labels.
    label_separator : str, optional
        What joins the labels in a cell of that column.
    text, image, numeric, categorical : tuple of str
        The table's columns of each modality.
    group, split : str, optional
        The table's columns of groups and of the official split.
    image_root : path, optional
        The folder that image paths stay under.
    dataset, method : tuple of str
        Choose datasets by name and methods by pattern.
    folds, repeats, seed : int, optional
        The splits; None leaves them to the suite.
    weights : tuple of str
        ``ARCH=PATH`` each.
    vectors : path, optional
        A file of pretrained word vectors.
    """

    suite: str
    data: Path | None = None
    data_dir: Path | None = None
    ignore_split: bool = False
    target: str | None = None
    label_separator: str | None = None
    text: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    group: str | None = None
    split: str | None = None
    image_root: Path | None = None
    dataset: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    folds: int | None = None
    repeats: int | None = None
    seed: int | None = None
    weights: tuple[str, ...] = ()
    vectors: Path | None = None

    @property
    def is_file(self) -> bool:
        """Whether the suite is a Python file, not a built-in one."""
        return self.suite.endswith(".py") or len(Path(self.suite).parts) > 1

    def refuse(self, options: Sequence[str], why: str) -> None:
        """Raise a `UsageError` when one of the options was given."""
        for name in options:
            if getattr(self, name) not in (None, (), False):
                raise UsageError(f"--{name.replace('_', '-')} {why}")


_OF_A_TABLE = (
    *("target", "label_separator", "text", "image", "numeric", "categorical"),
    *("group", "split", "image_root"),
)


def requested_suite(request: Request) -> Suite:
    """Return the suite that was asked for, cut down to what was asked for.

    Raises
    ------
    UsageError
        When the options contradict each other, or name what does not exist.
    DataError
        When the table can't be read.
    """
    if request.data is None:
        request.refuse(_OF_A_TABLE, "describes a table; give the table with --data.")
        request.refuse(("ignore_split",), "is about the dataset given with --data.")
    suite = _suite_of_file(request) if request.is_file else _builtin_suite(request)
    return suite.with_methods(request.method) if request.method else suite


def _suite_of_file(request: Request) -> Suite:
    from mmbench.cli.suite_file import load_suite_file

    request.refuse(
        ("data", "weights", "vectors"),
        "goes with a built-in suite; a suite file names its own data and models.",
    )
    suite = load_suite_file(Path(request.suite))
    if request.dataset:
        suite = _with_datasets(suite, request.dataset)
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


def _builtin_suite(request: Request) -> Suite:
    from mmbench.suites import SUITES, build_suite

    if request.suite not in SUITES:
        raise UnknownNameError("suite", request.suite, SUITES)
    weights = dict(parse_weights(text) for text in request.weights)
    first = SEED if request.seed is None else request.seed
    vectors = _vectors(request.vectors)
    suite = build_suite(
        request.suite,
        _datasets(request),
        weights=weights or None,
        vectors=vectors,
        cv=N_FOLDS if request.folds is None else request.folds,
        seeds=tuple(range(first, first + (request.repeats or N_REPEATS))),
    )
    if vectors is None:
        return suite
    from mmbench.cli.coverage import with_coverage

    datasets = [with_coverage(dataset, vectors) for dataset in suite.datasets]
    return dataclasses.replace(suite, datasets=datasets)


def _datasets(request: Request) -> list[Dataset] | None:
    from mmbench.datasets import get_dataset

    if request.data is None:
        return [get_dataset(name) for name in dict.fromkeys(request.dataset)] or None
    request.refuse(("dataset",), "names an embedded dataset; leave it out with --data.")
    hub = _of_hub(request, str(request.data))
    if hub is not None:
        return [hub]
    return [_with_card(request, request.data) or _table(request, request.data)]


def _with_card(request: Request, data: Path) -> Dataset | None:
    """Return the dataset that a name or a folder stands for, None for a table."""
    from mmbench.datasets import find_dataset, is_known, read_dataset

    folder = (data / "card.toml").is_file()
    if not folder and (data.is_file() or not is_known(str(data))):
        return None
    request.refuse(_OF_A_TABLE, "describes a table; a dataset's card says it already.")
    if folder:
        return read_dataset(data, ignore_split=request.ignore_split)
    return find_dataset(str(data), request.data_dir, ignore_split=request.ignore_split)


def _of_hub(request: Request, text: str) -> Dataset | None:
    """Return a dataset of Hugging Face or OpenML, None where none is meant."""
    from mmbench.datasets.hubs import parse_reference, read_hub

    reference = parse_reference(text)
    if reference is None or Path(text).exists():
        return None
    if request.target is None:
        raise UsageError(f"--data {text} needs --target COL, its labels, and columns.")
    request.refuse(("image_root", "split"), "is about a table file.")
    return read_hub(
        reference,
        target=request.target,
        text=request.text,
        image=request.image,
        numeric=request.numeric,
        categorical=request.categorical,
        group=request.group,
        label_separator=request.label_separator,
    )


def _table(request: Request, path: Path) -> Dataset:
    from mmbench.datasets import read_table

    columns = [*request.text, *request.image, *request.numeric, *request.categorical]
    if request.target is None or not columns:
        lacking = "its columns" if request.target else "--target COL, its labels"
        raise UsageError(
            f"--data needs {lacking}, and says with --text, --image, --numeric or "
            f"--categorical what others hold. {_columns_of(path)}"
        )
    return read_table(
        path,
        target=request.target,
        text=request.text,
        image=request.image,
        numeric=request.numeric,
        categorical=request.categorical,
        group=request.group,
        split=request.split,
        image_root=request.image_root,
        label_separator=request.label_separator,
    )


def _columns_of(path: Path) -> str:
    from mmbench.datasets.tables import parse_table, read_content

    try:
        names = parse_table(read_content(path), path.suffix).names
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return f"{path} has: {', '.join(names)}."


def parse_weights(text: str) -> tuple[str, str]:
    """Return the network and the file of ``ARCH=PATH``, if they fit each other."""
    from mmbench.feature_extraction import CNNExtractor

    arch, equals, path = text.partition("=")
    if not (arch and equals and path):
        raise UsageError(
            "--weights must be ARCH=PATH, such as mobilenet_v2=weights.pth, "
            f"got {text!r}."
        )
    if not Path(path).is_file():
        raise UsageError(f"--weights {arch}: there is no file {path}.")
    try:
        # No image at all: this only loads the network.
        CNNExtractor(arch, path, precision="float32").transform([])
    except MissingDependencyError:
        pass  # Without torch its methods are skipped, and the report says so.
    except (TypeError, ValueError) as error:
        raise UsageError(f"--weights {text}: {error}") from error
    return arch, str(Path(path).absolute())


def _vectors(path: Path | None) -> Path | None:
    """Return the file of word vectors, if it is one."""
    from mmbench.feature_extraction import PretrainedWordVectorizer

    if path is None:
        return None
    if not path.is_file():
        raise UsageError(f"--vectors: there is no file {path}.")
    try:
        # No text at all: this only opens the file.
        PretrainedWordVectorizer(str(path)).transform([])
    except ValueError as error:
        raise UsageError(f"--vectors {path}: {error}") from error
    return path.absolute()
