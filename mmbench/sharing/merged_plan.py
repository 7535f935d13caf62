"""The plans of several runs as one, and what contradicts that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mmbench.errors import UsageError

__all__ = ["merged_environment", "merged_plan"]

# Scores of runs that differ in one of these don't belong into one table.
_SAME = ("scoring", "cv")
_SAME_DATASET = ("version", "checksum", "task", "ranked_by")
_LISTS = ("seeds", "ignored")

_Json = Mapping[str, Any]


def merged_plan(plans: Mapping[str, _Json]) -> dict[str, Any]:
    """Return the plan of everything that several runs planned.

    Parameters
    ----------
    plans : mapping of str to mapping
        The content of each ``plan.json``, by what messages call its run.

    Returns
    -------
    dict of str to object
        Trials are in the order in which one run of all methods has them.

    Raises
    ------
    UsageError
        When the runs differ in what has to be the same: metrics, splits, a dataset or
        a method of one name.

    Examples
    --------
    >>> one = {"methods": {"a": {"digest": "1"}}, "datasets": {}, "trials": []}
    >>> other = {"methods": {"b": {"digest": "2"}}, "datasets": {}, "trials": []}
    >>> list(merged_plan({"A": one, "B": other})["methods"])
    ['a', 'b']
    """
    for field in _SAME:
        _check_same(
            "the runs differ", {n: p.get(field) for n, p in plans.items()}, field
        )
    merged = {**_first_of(plans.values())}
    merged["suite"] = "+".join(
        _distinct(str(p.get("suite", "")) for p in plans.values())
    )
    for field in _LISTS:
        merged[field] = _distinct(v for p in plans.values() for v in p.get(field) or ())
    merged["seeds"].sort()
    merged["metrics"] = _first_of(p.get("metrics") or {} for p in plans.values())
    merged["datasets"] = _joined(plans, "datasets", _SAME_DATASET)
    merged["methods"] = _joined(plans, "methods", ("digest",))
    merged["trials"] = _trials(plans, merged)
    for field in ("designs", "reasons"):  # of retrained methods
        if any(field in plan for plan in plans.values()):
            merged[field] = _first_of(p.get(field) or {} for p in plans.values())
    return merged


def merged_environment(environments: Sequence[_Json]) -> dict[str, Any]:
    """Return where several runs were made; what differs stands side by side.

    Parameters
    ----------
    environments : sequence of mapping, not empty
        The content of each ``environment.json``.

    Returns
    -------
    dict of str to object
        In JSON's types.
    """
    merged: dict[str, Any] = {}
    for name in _distinct(key for each in environments for key in each):
        if name == "cache":  # each is seen from its own folder
            continue
        values = _distinct(each[name] for each in environments if name in each)
        if all(isinstance(value, Mapping) for value in values):
            merged[name] = merged_environment(values)
        elif name == "seeds":
            merged[name] = sorted(_distinct(seed for seeds in values for seed in seeds))
        else:
            merged[name] = values[0] if len(values) == 1 else values
    return merged


def _joined(
    plans: Mapping[str, _Json], part: str, same: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Join the datasets or the methods of the plans, each once."""
    joined: dict[str, dict[str, Any]] = {}
    for name in _distinct(name for plan in plans.values() for name in plan[part]):
        entries = {run: p[part][name] for run, p in plans.items() if name in p[part]}
        for field in same:
            values = {run: entry.get(field) for run, entry in entries.items()}
            _check_same(f"{part[:-1]} {name!r} is not the same", values, field)
        joined[name] = _first_of(entries.values())
        for field in ("modalities", "added"):
            known = [entry[field] for entry in entries.values() if field in entry]
            if known and all(isinstance(value, Mapping) for value in known):
                joined[name][field] = _first_of(known)
        joined[name] |= _notices(entries.values())
    return joined


def _notices(entries: Iterable[_Json]) -> dict[str, list[str]]:
    """Return the notices of a dataset, each once, with their codes."""
    pairs = _distinct(
        (notice, code)
        for entry in entries
        for notice, code in zip(
            entry.get("notices") or (), entry.get("notice_codes") or (), strict=False
        )
    )
    if not pairs:
        return {}
    return {"notices": [n for n, _ in pairs], "notice_codes": [c for _, c in pairs]}


def _trials(plans: Mapping[str, _Json], merged: _Json) -> list[_Json]:
    """Return all trials, each once, in the order of a run of everything."""
    found: dict[tuple[Any, ...], _Json] = {}
    for plan in plans.values():
        for trial in plan["trials"]:
            place = tuple(trial[n] for n in ("dataset", "seed", "fold", "method"))
            if found.setdefault(place, trial)["key"] != trial["key"]:
                raise UsageError(
                    f"fold {trial['fold']} of seed {trial['seed']} of method "
                    f"{trial['method']!r} on {trial['dataset']!r} is planned "
                    f"differently in another run: other splits, or another version of "
                    f"mmbench; "
                    "merge runs that agree."
                )
    datasets, methods = list(merged["datasets"]), list(merged["methods"])
    orders = {name: i for i, name in enumerate(datasets)}
    places = {name: i for i, name in enumerate(methods)}

    def order(place: tuple[Any, ...]) -> tuple[int, ...]:
        dataset, seed, fold, method = place
        return orders[dataset], seed, fold, places[method]

    return [found[place] for place in sorted(found, key=order)]


def _check_same(what: str, values: Mapping[str, Any], field: str) -> None:
    (first, value), *others = values.items()
    for run, other in others:
        if other != value:
            words = {"scoring": "metrics are", "cv": "splits are"}
            raise UsageError(
                f"{what} in {first} and {run}: its {words.get(field, f'{field} is')} "
                f"{value!r} and {other!r}; merge runs that agree, or rename one of "
                "them in its suite."
            )


def _first_of(values: Iterable[_Json]) -> dict[str, Any]:
    """Return the items of all mappings, those of earlier ones before later ones."""
    found: dict[str, Any] = {}
    for each in values:
        found |= {name: value for name, value in each.items() if name not in found}
    return found


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
