"""What a run will take, from a few seconds of it on parts of the data."""

from __future__ import annotations

import math
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.datasets.readers import Loaded
from mmbench.engine.execute import run
from mmbench.engine.execution.limits import Limits
from mmbench.engine.forecast import Expected, Kinds
from mmbench.engine.graph.node import Node, walk
from mmbench.engine.plan import Plan, make_plan
from mmbench.errors import MmbenchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples
    from mmbench.results import NodeCost, Record

__all__ = ["Pilot", "fly", "table_bytes"]

# The smallest part warms up: what is imported at first use counts there.
_FEWEST_ROWS = 100
_GROWTH = 4
# Into how many parts rows are parted at a time.
_MOST_PARTS = 10
# How far above linear a cost may be taken to grow, beyond the rows that were tried; and
# what is taken where one part ended in time, much of whose cost may be fixed.
_MOST_POWER, _UNKNOWN_POWER = 2.0, 0.8
# What is imported at first use makes a process grow by up to so much.
_IMPORTS_BYTES = 100e6
# What methods make of a table takes about so many times what its cells do, as
# benchmarks/million_rows.py has it; few rows can't show it beside what is imported.
_OF_CELLS = 3.0
# And at most so many times: what looks like more is what a later part imported. A cell
# may be a reference to a picture, which is of this size when it is decoded and small.
_MOST_OF_CELLS, _FEWEST_ROW_BYTES = 20.0, 2e3


class Piece(NamedTuple):
    """What a piece of work cost on some rows of a dataset.

    Attributes
    ----------
    n_rows : int
        Rows of the part.
    n_own : int
        Those that the piece learns from or answers for.
    cpu_s : float
        Processor time.
    peak_bytes : int
        The most memory that its process held.
    """

    n_rows: int
    n_own: int
    cpu_s: float
    peak_bytes: int


class Pilot(NamedTuple):
    """What kinds of work cost on parts of datasets.

    Attributes
    ----------
    took_s : float
        How long the pilot itself took.
    n_rows : int
        Rows of the largest part on which something ended.
    pieces : mapping of tuple of (str, int) to list of Piece
        By dataset and kind of work.
    kinds : Kinds
        Numbers the kinds.
    """

    took_s: float
    n_rows: int
    pieces: Mapping[tuple[str, int], Sequence[Piece]]
    kinds: Kinds

    def costs_of(
        self, plan: Plan, roots: Mapping[str, Node]
    ) -> Callable[[Node, Node], Expected | None]:
        """Return a function that extrapolates the cost of a piece of work.

        Parameters
        ----------
        plan : Plan
            What is to be run.
        roots : mapping of str to Node
            Its trials' roots, by the trials' keys.

        Returns
        -------
        callable
            Maps a node and the root above it to its cost on all rows; None where
            nothing alike ended in time.
        """
        names = {root.key: plan.trials[key].dataset for key, root in roots.items()}
        # Workers held the parts only.
        held_bytes = {name: table_bytes(each) for name, each in plan.samples.items()}
        most_bytes = {name: _most_row_bytes(plan, name) for name in plan.samples}

        def costs(node: Node, root: Node) -> Expected | None:
            name = names[root.key]
            n_rows = len(plan.samples[name].y)
            found = self._expected(name, node, n_rows, most_bytes[name])
            if found is None:
                return None
            made = 1 + _OF_CELLS * _n_own(node, n_rows) / n_rows
            more_bytes = int(made * held_bytes[name])
            return found._replace(peak_bytes=found.peak_bytes + more_bytes)

        return costs

    def _expected(
        self, dataset: str, node: Node, n_rows: int, most_row_bytes: float
    ) -> Expected | None:
        found = self.pieces.get((dataset, self.kinds(node)))
        if not found:
            return None
        by_size: dict[int, list[Piece]] = defaultdict(list)
        for piece in found:
            by_size[piece.n_rows].append(piece)
        parts = [by_size[n] for n in sorted(by_size)]
        sizes = [float(np.mean([p.n_own for p in each])) for each in parts]
        cpu = [float(np.mean([p.cpu_s for p in each])) for each in parts]
        peak = [float(max(p.peak_bytes for p in each)) for each in parts]
        n_own = _n_own(node, n_rows)
        cpu_s = _extrapolated(sizes[-2:], cpu[-2:], n_own)
        return Expected(cpu_s, int(_by_line(sizes, peak, n_own, most_row_bytes)))


def _most_row_bytes(plan: Plan, dataset: str) -> float:
    """Return the most memory that work on one more row is taken to need."""
    samples, data = plan.samples[dataset], plan.datasets[dataset].task.data
    cells = max(table_bytes(samples) / len(samples.y), _FEWEST_ROW_BYTES)
    # Linear models of many classes hold a weight, and its changes, for each.
    n_classes = float(data.describe(plan.targets[dataset]).get("n_classes", 2))
    return _MOST_OF_CELLS * cells * max(1.0, n_classes / 2)


def _n_own(node: Node, n_rows: int) -> int:
    """Return how many rows a node is about, which may be fewer than there are."""
    chunk = getattr(node.work, "chunk", None)
    if chunk is not None:
        return int(chunk[1] - chunk[0])
    return n_rows if node.rows is None else len(node.rows.train) + len(node.rows.apply)


def _extrapolated(sizes: Sequence[float], costs: Sequence[float], n: int) -> float:
    """Extrapolate by a power of the rows, or a fixed part and a line if that is more.

    A fixed part makes powers too small, and a curve makes lines too flat.
    """
    last, cost = sizes[-1], costs[-1]
    # All parts have as many rows where they are more than --max-train-rows.
    if len(sizes) < 2 or sizes[0] == last or min(costs) <= 0:
        return cost * float((n / last) ** _UNKNOWN_POWER)
    power = math.log(cost / costs[0]) / math.log(last / sizes[0])
    slope = max(0.0, (cost - costs[0]) / (last - sizes[0]))
    by_power = cost * float((n / last) ** min(max(power, 0.0), _MOST_POWER))
    return max(by_power, cost + slope * (n - last))


def _by_line(
    sizes: Sequence[float], peaks: Sequence[float], n: int, most_slope: float
) -> float:
    """Extrapolate growth from all sizes, unless it may be what was imported."""
    if sizes[-1] <= sizes[0] or peaks[-1] - peaks[0] <= _IMPORTS_BYTES:
        return max(peaks)
    slope = min(max(0.0, float(np.polyfit(sizes, peaks, 1)[0])), most_slope)
    return peaks[-1] + slope * (n - sizes[-1])


def table_bytes(samples: Samples) -> int:
    """Return how much memory the cells of a dataset take.

    Parameters
    ----------
    samples : Samples
        The dataset's samples.

    Returns
    -------
    int
        Of pictures, what their references take.
    """
    return int(samples.X.memory_usage(deep=True).sum())


def fly(plan: Plan, *, seconds: float = 10.0) -> Pilot:
    """Run one fold of every method on ever larger parts of the data, for a while.

    Parameters
    ----------
    plan : Plan
        What is to be run.
    seconds : float, default=10
        When to stop, in seconds of wall time.

    Returns
    -------
    Pilot
        What ended in time.
    """
    start, kinds = time.monotonic(), Kinds()
    pieces: dict[tuple[str, int], list[Piece]] = defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that a part has too few of
        for dataset, n_rows, nodes, costs in _tried(plan, start + seconds):
            for key, cost in costs.items():
                node = nodes[key]
                n_own = _n_own(node, n_rows)
                piece = Piece(n_rows, n_own, cost.cpu_s, cost.peak_rss_bytes)
                pieces[dataset, kinds(node)].append(piece)
    largest = max((p.n_rows for each in pieces.values() for p in each), default=0)
    return Pilot(time.monotonic() - start, largest, pieces, kinds)


def _tried(
    plan: Plan, end: float
) -> Iterator[tuple[str, int, Mapping[str, Node], Mapping[str, NodeCost]]]:
    """Yield a dataset, the rows of a part, and nodes and costs of each trial on it."""
    whole: dict[str, tuple[str, int]] = {}
    try:
        parts = list(_parts(plan, whole))
        suite = replace(plan.suite, datasets=parts, seeds=plan.suite.seeds[:1])
        small = make_plan(suite)
    except MmbenchError:
        return  # there is too little of something in a part
    roots = small.roots(list(small.trials)).values()
    nodes = {node.short_key: node for node in walk(list(roots))}
    for record in _records(small, end):
        yield *whole[record.dataset], nodes, record.nodes


def _records(plan: Plan, end: float) -> Iterator[Record]:
    left_s = max(1.0, end - time.monotonic())
    with tempfile.TemporaryDirectory() as folder:
        trials = run(
            plan,
            Path(folder) / "out",
            cache=Path(folder) / "cache",
            limits=Limits(time_s=left_s / 2),
            throughput=False,
            probes=False,
            retrain="none",
        )
        with closing(trials):
            for record in trials:
                if record.status == "ok":
                    yield record
                if time.monotonic() > end:
                    return


def _parts(plan: Plan, whole: dict[str, tuple[str, int]]) -> Iterator[Dataset]:
    """Yield parts of every dataset, the smallest first, each with one split."""
    sizes: list[tuple[int, str]] = []
    for name, samples in plan.samples.items():
        n_rows = min(_FEWEST_ROWS, len(samples.y) // 2)
        while n_rows <= len(samples.y) / 2:
            sizes.append((n_rows, name))
            n_rows *= _GROWTH
    for n_rows, name in sorted(sizes):
        dataset, samples = plan.datasets[name], plan.samples[name]
        part = _part(plan, dataset, samples, n_rows)
        called = f"{name} ({n_rows} rows)"
        whole[called] = name, len(part.y)
        yield replace(
            dataset,
            name=called,
            load=Loaded(part),
            checksum=f"{dataset.checksum}-{n_rows}",
            has_split=True,
        )


def _part(plan: Plan, dataset: Dataset, samples: Samples, n_rows: int) -> Samples:
    """Return some rows of a dataset, split as its first fold is."""
    part, data = samples, dataset.task.data
    # Step by step: making hundreds of folds of thousands of groups takes minutes.
    while part is samples or len(part.y) >= 2 * n_rows:
        target = dataset.target(part)
        n_parts = min(max(2, len(part.y) // n_rows), _MOST_PARTS)
        folds = data.folds(target, n_folds=n_parts, groups=part.groups, seed=0)
        part = _taken(part, np.sort(next(iter(folds))[1]))
    if part.split is not None:
        return part
    n_folds = plan.suite.cv if isinstance(plan.suite.cv, int) else 5
    target = dataset.target(part)
    folds = data.folds(target, n_folds=n_folds, groups=part.groups, seed=0)
    split = np.full(len(part.y), "train", dtype="<U5")
    split[next(iter(folds))[1]] = "test"
    return part._replace(split=split)


def _taken(samples: Samples, rows: NDArray[np.intp]) -> Samples:
    def of(values: Any) -> Any:
        return None if values is None else np.asarray(values)[rows]

    return samples._replace(
        X=samples.X.iloc[rows],
        y=of(samples.y),
        groups=of(samples.groups),
        split=of(samples.split),
        truth=of(samples.truth),
        sample_weight=of(samples.sample_weight),
        slices={k: [v[r] for r in rows] for k, v in samples.slices.items()},
    )
