"""What one run covers and another does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from mmbench.report.run_comparison.change import Lost
from mmbench.report.run_comparison.pairing import Side

__all__ = ["changed_datasets", "lost_pairs"]

_Pair = tuple[str, str]


def changed_datasets(base: Side, new: Side) -> list[Lost]:
    """Return the datasets of the same name whose samples are not the same.

    Parameters
    ----------
    base, new : Side
        The runs.

    Returns
    -------
    list of Lost
        One per dataset: none of its methods can be compared.
    """
    found = []
    for name in sorted(base.plan["datasets"].keys() & new.plan["datasets"].keys()):
        for part in ("checksum", "version"):
            values = [
                str(side.plan["datasets"][name].get(part)) for side in (base, new)
            ]
            if values[0] != values[1]:
                n_base, n_new = (_n_ok(side, name) for side in (base, new))
                texts = (value.rpartition(":")[2][:12] for value in values)
                reason = "its {} was {} and is {}".format(part, *texts)
                found.append(Lost(name, "", n_base, n_new, reason))
                break
    return found


def lost_pairs(base: Side, new: Side, changed: Collection[str]) -> Iterator[Lost]:
    """Yield the methods with a smaller share of trials that are ok than before.

    Parameters
    ----------
    base, new : Side
        The runs.
    changed : collection of str
        The datasets that can't be compared at all.

    Yields
    ------
    Lost
        One per dataset and method.
    """
    before, after = (_trials(side) for side in (base, new))
    for pair, statuses in before.items():
        if pair[0] not in changed and _share(after[pair]) < _share(statuses):
            n_planned = after[pair].total()
            reason = _reason(new, pair) if n_planned else "not in the plan of NEW"
            yield Lost(*pair, statuses["ok"], after[pair]["ok"], reason)


def _share(statuses: Counter[str]) -> float:
    return statuses["ok"] / statuses.total() if statuses else 0.0


def _trials(side: Side) -> defaultdict[_Pair, Counter[str]]:
    """Count the statuses of the trials of each pair."""
    found: defaultdict[_Pair, Counter[str]] = defaultdict(Counter)
    for trial in side.plan["trials"]:
        record = side.records.get(trial["key"])
        status = "not run" if record is None else record.status
        found[trial["dataset"], trial["method"]][status] += 1
    return found


def _n_ok(side: Side, dataset: str) -> int:
    trials = _trials(side)
    return sum(found["ok"] for (name, _), found in trials.items() if name == dataset)


def _reason(new: Side, pair: _Pair) -> str:
    """Say why the first trial of a pair that is not ok is not."""
    for trial in new.plan["trials"]:
        if (trial["dataset"], trial["method"]) == pair:
            record = new.records.get(trial["key"])
            if record is None:
                return "not run"
            if record.status != "ok":
                status = record.status.replace("_", " ")
                return f"{status}: {record.reason}" if record.reason else status
    return ""
