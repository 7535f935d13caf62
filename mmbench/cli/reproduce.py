"""``mmbench run reproduce``: published numbers beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.datasets import Dataset
    from mmbench.report.reproduction import Reproduced
    from mmbench.results import Record
    from mmbench.suites.goals import Goal, Group

__all__ = ["reproduce"]

_NETWORK = "mobilenet_v2"
_WEIGHTS_FILE = f"{_NETWORK}.safetensors"


def reproduce(
    *,
    data_dir: Path | None,
    only: tuple[str, ...],
    weights: tuple[str, ...],
    out: Path,
    **how: Any,
) -> int:
    """Run every trial group whose dataset is at hand, and print and write the table.

    Parameters
    ----------
    data_dir : path, optional
        Unpacked datasets, or archives of them; by default the user's data folder.
    only : tuple of str
        Datasets to keep to; empty for all.
    weights : tuple of str
        ``ARCH=PATH``, as in ``mmbench run``.
    out : path
        Where the table goes, and each group's results in a folder of its own.
    **how : object
        Options of :func:`mmbench.engine.run`.

    Returns
    -------
    int
        The exit code: 0 when every number that was tried was reached, else 1.

    Raises
    ------
    UsageError
        When ``data_dir`` is not a folder, or ``only`` names no dataset of the table.
    DataError
        When there are none of the datasets, or none of the numbers could be tried.
    """
    from mmbench.cli.console import stderr, stdout
    from mmbench.cli.places import check_places
    from mmbench.datasets.install import data_home
    from mmbench.report.reproduction import write_reproduction
    from mmbench.suites.reproduce import GROUPS

    if data_dir is not None and not data_dir.is_dir():
        raise UsageError(f"--data-dir must be a folder, got {str(data_dir)!r}.")
    home = data_home(data_dir)
    groups = [group for group in GROUPS if not only or group.dataset in only]
    if not groups:
        known = sorted({group.dataset for group in GROUPS})
        raise UsageError(f"--dataset must be one of {known}, got {', '.join(only)}.")
    for group in groups:
        check_places(out / group.name, how["cache"])
    found = _weights(weights, home)
    rows: list[Reproduced] = []
    for group in groups:
        stderr().print(f"{group.name}: {group.protocol}", style="bold")
        rows += _group_rows(group, home, found, out / group.name, how)
        # After each group, so that a stopped run leaves what it found out.
        path = write_reproduction(rows, out)
    _print(stdout(), rows)
    stdout().print(f"table: {path} (also reproduction.csv)", soft_wrap=True)
    if not any((out / group.name).exists() for group in groups):
        raise DataError(
            f"{home} contains none of the datasets: "
            f"{', '.join(g.dataset for g in groups)}"
            ". Say with --data-dir where they are, unpacked or as archives."
        )
    if all(row.outcome == "not tried" for row in rows):
        raise DataError("none of the numbers could be reproduced; the table says why.")
    return 1 if any(row.outcome == "miss" for row in rows) else 0


def _group_rows(
    group: Group, home: Path, weights: Mapping[str, str], out: Path, how: dict[str, Any]
) -> Iterator[Reproduced]:
    from dataclasses import replace

    from mmbench.engine import make_plan, run
    from mmbench.report import make_report
    from mmbench.report.reproduction import compare
    from mmbench.results import ResultStore
    from mmbench.suites.reproduce import build_group

    try:
        dataset = _dataset(group, home)
    except DataError as error:
        for goal in group.goals:
            yield replace(_claim(group, goal), reason=str(error))
        return
    plan = make_plan(build_group(group, dataset, weights))
    store = ResultStore(out)
    told: set[str] = set()
    for record in run(
        plan, store, throughput=False, probes=False, retrain="none", **how
    ):
        _say(record, told)
    make_report(out)
    for goal in group.goals:
        yield compare(
            store,
            _claim(group, goal),
            method=goal.method,
            baseline=goal.baseline,
            kind=goal.kind,
        )


def _dataset(group: Group, home: Path) -> Dataset:
    """Return a group's dataset, from a folder or an archive.

    Raises
    ------
    DataError
        When it is not there, or not what its card says.
    """
    from mmbench.datasets import load_card, read_dataset
    from mmbench.datasets.install import data_home, locate

    card = load_card(group.dataset)
    root = locate(card, home, into=data_home())
    if root is None:
        raise DataError(f"not on this machine. How to get it: {card.obtain}")
    return read_dataset(root, card=card, ignore_split=group.ignore_split)


def _claim(group: Group, goal: Goal) -> Reproduced:
    from mmbench.report.reproduction import Reproduced

    return Reproduced(
        dataset=group.dataset,
        what=goal.name,
        source=goal.source,
        metric=goal.metric,
        theirs=goal.theirs,
    )


def _weights(given: tuple[str, ...], home: Path) -> dict[str, str]:
    """Return the network's weights: those given, or those that lie among the data."""
    from mmbench.cli.pretrained import parse_weights
    from mmbench.datasets.archives import is_archive
    from mmbench.datasets.install import data_home, take_file

    if given:
        return dict(parse_weights(text) for text in given)
    for place in (home, data_home() / "weights"):
        for path in sorted(place.rglob(_WEIGHTS_FILE)) if place.is_dir() else ():
            return {_NETWORK: str(path.absolute())}
    for archive in sorted(path for path in home.glob("*") if is_archive(path)):
        taken = take_file(archive, _WEIGHTS_FILE, data_home() / "weights")
        if taken is not None:
            return {_NETWORK: str(taken)}
    return {}


def _say(record: Record, told: set[str]) -> None:
    """Print a trial's result; a reason that was printed before isn't repeated."""
    from mmbench.cli.console import one_line, stderr

    came: str = record.status
    if record.status == "ok":
        came = f"{record.scores['accuracy']:.4f}"
    elif record.reason:
        why = "as above" if record.reason in told else one_line(record.reason)
        came = f"{came}: {why}"
        told.add(record.reason)
    stderr().print(f"  {record.method}, fold {record.fold}: {came}", soft_wrap=True)


def _print(console: Console, rows: list[Reproduced]) -> None:
    from mmbench.cli.table import print_table
    from mmbench.report.reproduction import number_texts

    header = (
        *("dataset", "what", "source", "metric"),
        *("published", "reproduced", "difference", "interval", "result"),
    )
    print_table(
        console,
        header,
        [
            [
                *(row.dataset, row.what, row.source, row.metric),
                *number_texts(row),
                row.outcome,
            ]
            for row in rows
        ],
        right=frozenset({"published", "reproduced", "difference"}),
        flexible="source",
    )
    for row in rows:
        if row.reason:
            console.print(f"{row.dataset}, {row.what}: {row.reason}", soft_wrap=True)
