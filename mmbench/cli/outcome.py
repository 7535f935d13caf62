"""What a run says before it starts and after it ends, besides its ranking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mmbench.cli.console import one_line
from mmbench.presentation.numbers import count_text
from mmbench.report.plan_reading import findings_of, ignored_by, size_text
from mmbench.report.text.facts import columns_text

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.results import Record

_MAX_REASONS = 10


def print_header(
    console: Console,
    plan: Mapping[str, Any],
    *,
    n_finished: int,
    jobs: int,
    lacking: Mapping[str, str] | None = None,
) -> None:
    """Say what is going to be done.

    Parameters
    ----------
    console : Console
        Where to.
    plan : mapping of str to object
        The content of ``plan.json``.
    n_finished : int
        How many trials are finished already.
    jobs : int
        How many trials run at once.
    lacking : mapping of str to str, optional
        The methods that will be skipped, and why.
    """
    console.print(f"suite {plan['suite']}", style="bold")
    ignored = ignored_by(plan) or ()
    for name, dataset in plan["datasets"].items():
        console.print(f"  {name}: {size_text(dataset)}; {columns_text(dataset)}")
        findings = findings_of(dataset)
        shown = [each for each in findings if each.check.code not in ignored]
        for each in shown:
            console.print(f"  note: {one_line(each)} ({each.check.code})")
        if len(shown) < len(findings):
            n_ignored = count_text(len(findings) - len(shown), "note")
            console.print(f"  {n_ignored} ignored")
    seeds = plan["seeds"]
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds"
    console.print(
        f"  {count_text(len(plan['methods']), 'method')}; {plan['cv']}, {seed}"
    )
    for reason, n_skipped in Counter((lacking or {}).values()).items():
        methods = count_text(n_skipped, "method")
        console.print(f"  {methods} will be skipped: {one_line(reason)}")
    finished = f" ({n_finished:,} finished already)" if n_finished else ""
    trials = count_text(len(plan["trials"]), "trial")
    console.print(f"  {trials}{finished}, {count_text(jobs, 'job')}")


def print_unfinished(console: Console, records: Iterable[Record]) -> None:
    """Say what is not ok and why, grouped.

    Parameters
    ----------
    console : Console
        Where to.
    records : iterable of Record
        One per trial.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.status != "ok":
            reason = one_line(record.reason or "no reason given")
            groups.setdefault((record.status, reason), []).append(record)
    # What failed stands before what was skipped, frequent reasons before rare ones.
    ranked = sorted(groups.items(), key=lambda g: (g[0][0] == "skipped", -len(g[1])))
    for (status, reason), group in ranked[:_MAX_REASONS]:
        word = status.replace("_", " ")
        console.print(f"{word}: {count_text(len(group), 'trial')} of {_methods(group)}")
        console.print(f"  {reason}")
    if len(ranked) > _MAX_REASONS:
        n_more = len(ranked) - _MAX_REASONS
        console.print(f"... {count_text(n_more, 'more reason')} in tables/failures.csv")
    if ranked:
        console.print()


def _methods(records: Iterable[Record], n_named: int = 3) -> str:
    names = list(Counter(record.method for record in records))
    more = f" and {len(names) - n_named} more" if len(names) > n_named else ""
    return ", ".join(names[:n_named]) + more
