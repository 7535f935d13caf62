"""Rankings of a run as files that TREC's tools read: a run and its judgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mmbench.report.judging.oof_predictions import read_part
from mmbench.results import write_text

if TYPE_CHECKING:
    from mmbench.report.run import OnDataset, Run

__all__ = ["write_trec_files"]

_Lines = dict[str, list[str]]


def write_trec_files(
    run: Run, here: OnDataset, method: str, folder: Path, *, depth: int
) -> Iterator[Path]:
    """Write what the queries of a dataset find by a method, and what they should find.

    For each direction there are ``NAME.run`` and ``NAME.qrels``. A query is called by
    its seed and the sample that it is in; items by their samples. Scores count down
    from `depth`, so that tools which sort by score, and break ties by name, see the
    order that was scored. Of a query that finds all items alike, that is one order of
    many, while its score is the mean over all.

    Parameters
    ----------
    run : Run
        The results folder.
    here : OnDataset
        What was done on the dataset.
    method : str
        The method.
    folder : Path
        Where to.
    depth : int
        How many items to write per ranking.

    Yields
    ------
    Path
        Each file.

    Raises
    ------
    UsageError
        When the dataset's task has no rankings.
    StoreError
        When predictions can't be read.
    """
    found: _Lines = defaultdict(list)
    judged: _Lines = defaultdict(list)
    own = [t for t in here.trials if t["method"] == method]
    for trial in sorted(own, key=lambda trial: (trial["seed"], trial["fold"])):
        part = read_part(here.task, run.predictions(trial["key"]))
        ids = [_name(each) for each in part.ids.tolist()]
        ranked = here.task.answers.rankings(part.target, part.prediction, depth)
        for kind, query, items, relevant, *_ in ranked:
            name = f"seed{trial['seed']}:{ids[query]}"
            found[kind] += (
                f"{name} Q0 {ids[item]} {rank} {depth + 1 - rank} {_name(method)}"
                for rank, item in enumerate(items, 1)
            )
            judged[kind] += (f"{name} 0 {ids[item]} 1" for item in relevant)
    for kind, lines in found.items():
        for suffix, content in (("run", lines), ("qrels", judged[kind])):
            path = folder / f"{_name(here.name).replace('/', '%2F')}.{kind}.{suffix}"
            write_text(path, "\n".join([*content, ""]))
            yield path


def _name(of: object) -> str:
    """Return a name without blanks, as these files are parted by blanks."""
    return quote(str(of), errors="backslashreplace")
