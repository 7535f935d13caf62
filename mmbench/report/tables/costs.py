"""What each method costs, by itself and beside the others, and what sharing saved."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mmbench.report.tables.methods import planned_records
from mmbench.results import NodeCost, Record

__all__ = ["CostRow", "Ledger", "cost_ledger"]

_Pair = tuple[str, str]


class CostRow(NamedTuple):
    """What one method costs on one dataset, over its trials that are ok.

    The fields are the columns of ``tables/costs.csv``, in their order. A cost is NaN
    when no trial is ok, or when one that is left no costs: part of the work would look
    like all of it.

    Attributes
    ----------
    dataset, method : str
        Their names.
    standalone_s : float
        Wall time of all distinct work under the method, as if it had been run alone.
    marginal_s : float
        Wall time of the work that no other method on the dataset needed.
    peak_rss_bytes : float
        The peak memory of a process while it worked for the method; a whole
        number.
    n_ok : int
        Trials that this counts.
    """

    dataset: str
    method: str
    standalone_s: float
    marginal_s: float
    peak_rss_bytes: float
    n_ok: int


@dataclass(frozen=True)
class Ledger:
    """The costs of a suite.

    Parameters
    ----------
    rows : list of CostRow
        One a planned pair of dataset and method, in the order of the plan.
    n_trials : int
        Trials whose costs are known.
    shared_s : float
        Wall time of all distinct work under them, each piece counted once.
    """

    rows: list[CostRow]
    n_trials: int
    shared_s: float

    @property
    def standalone_s(self) -> float:
        """The standalone costs of all methods together."""
        known = (r.standalone_s for r in self.rows if not math.isnan(r.standalone_s))
        return math.fsum(known)

    @property
    def saved(self) -> float:
        """The share of the standalone costs that was not spent; NaN without costs."""
        alone_s = self.standalone_s
        return 1 - self.shared_s / alone_s if alone_s > 0 else math.nan


def cost_ledger(plan: Mapping[str, Any], records: Mapping[str, Record]) -> Ledger:
    """Add up what the pieces of work under the trials cost.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    records : mapping of str to Record
        The last record of each key; those of other plans are ignored.

    Returns
    -------
    Ledger
        A piece of work that several trials name counts once for each method, with the
        cost that the first of them tells.

    Examples
    --------
    >>> names = dict(suite="s", dataset="d", fold=0, seed=0, status="ok")
    >>> features, a = NodeCost(6.0, 6.0, 9), NodeCost(1.0, 1.0, 5)
    >>> b = NodeCost(3.0, 3.0, 7)
    >>> records = {
    ...     "0a": Record(key="0a", method="a", nodes={"f": features, "a": a}, **names),
    ...     "0b": Record(key="0b", method="b", nodes={"f": features, "b": b}, **names)}
    >>> trials = [{"key": r.key, "dataset": "d", "method": r.method}
    ...           for r in records.values()]
    >>> ledger = cost_ledger({"trials": trials}, records)
    >>> [(row.method, row.standalone_s, row.marginal_s) for row in ledger.rows]
    [('a', 7.0, 1.0), ('b', 9.0, 3.0)]
    >>> ledger.shared_s, ledger.standalone_s, ledger.saved
    (10.0, 16.0, 0.375)
    """
    ok: dict[_Pair, list[Record]] = {
        (trial["dataset"], trial["method"]): [] for trial in plan["trials"]
    }
    for trial, record in planned_records(plan, records):
        if record.status == "ok":
            ok[trial["dataset"], trial["method"]].append(record)
    needed = {pair: _nodes(found) for pair, found in ok.items()}
    costs: dict[_Pair, NodeCost] = {}
    readers: Counter[_Pair] = Counter()
    for (dataset, _), nodes in needed.items():
        for node, cost in nodes.items():
            costs.setdefault((dataset, node), cost)
            readers[dataset, node] += 1
    rows = []
    for (dataset, method), nodes in needed.items():
        read = [(readers[dataset, node], costs[dataset, node]) for node in nodes]
        rows.append(_row(dataset, method, read, n_ok=len(ok[dataset, method])))
    return Ledger(
        rows=rows,
        n_trials=sum(len(ok[pair]) for pair, nodes in needed.items() if nodes),
        shared_s=math.fsum(cost.wall_s for cost in costs.values()),
    )


def _nodes(found: Sequence[Record]) -> dict[str, NodeCost]:
    """Return the distinct nodes under some trials; none when one has no costs."""
    nodes: dict[str, NodeCost] = {}
    if all(record.nodes for record in found):
        for record in found:
            nodes = {**record.nodes, **nodes}
    return nodes


def _row(
    dataset: str, method: str, nodes: Sequence[tuple[int, NodeCost]], *, n_ok: int
) -> CostRow:
    """Return what a method costs, from how many methods read each of its nodes."""
    if not nodes:
        return CostRow(dataset, method, math.nan, math.nan, math.nan, n_ok)
    return CostRow(
        dataset=dataset,
        method=method,
        standalone_s=math.fsum(cost.wall_s for _, cost in nodes),
        marginal_s=math.fsum(cost.wall_s for n, cost in nodes if n == 1),
        peak_rss_bytes=max(cost.peak_rss_bytes for _, cost in nodes),
        n_ok=n_ok,
    )
