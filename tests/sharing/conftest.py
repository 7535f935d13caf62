"""A run of two datasets, and parts of it as runs of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mmbench.results import ResultStore

WHOLE = Path(__file__).parents[1] / "golden" / "results"

Keep = Callable[[Mapping[str, Any]], bool]
MakePart = Callable[..., ResultStore]


def write_part(
    folder: Path,
    keep: Keep = lambda _: True,
    change: Callable[[Any], Any] = lambda p: p,
) -> ResultStore:
    """Write the trials of the run that are to be kept, and what they need."""
    whole = ResultStore(WHOLE)
    plan, records = whole.plan(), whole.records()
    plan["trials"] = [trial for trial in plan["trials"] if keep(trial)]
    for part in ("dataset", "method"):
        kept = {trial[part] for trial in plan["trials"]}
        plan[f"{part}s"] = {n: v for n, v in plan[f"{part}s"].items() if n in kept}
    keys = {trial["key"] for trial in plan["trials"]}
    with ResultStore(folder).open(change(plan), whole.environment()) as store:
        store.extend(
            [
                (r, whole.predictions(key) if r.status == "ok" else None)
                for key, r in records.items()
                if key in keys
            ]
        )
        for name in ("throughput", "probes"):
            measured = getattr(whole, name)()
            pairs = {(trial["dataset"], trial["method"]) for trial in plan["trials"]}
            getattr(store, f"keep_{name}")(
                {
                    dataset: {m: v for m, v in each.items() if (dataset, m) in pairs}
                    for dataset, each in measured.items()
                }
            )
    return store


@pytest.fixture
def make_part(tmp_path: Path) -> MakePart:
    return lambda name, *args, **kwargs: write_part(tmp_path / name, *args, **kwargs)
