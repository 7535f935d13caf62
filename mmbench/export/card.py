"""A model's card: what it is, how good it is, and what it must not be taken for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmbench.export.scores import scores_of_method
from mmbench.presentation.numbers import (
    bytes_text,
    count_text,
    rate_text,
    score_text,
    seconds_text,
)
from mmbench.report.judging.verdicts import Judgement
from mmbench.report.run import OnDataset, Run
from mmbench.report.tables.costs import cost_ledger
from mmbench.report.text.facts import card_facts
from mmbench.untrusted import visible

__all__ = ["card_text", "example_text"]

_MOST_CLASSES = 50


def card_text(
    facts: Mapping[str, Any], run: Run, here: OnDataset, judgement: Judgement
) -> str:
    """Return the model card as Markdown.

    Parameters
    ----------
    facts : mapping of str to object
        What ``model.json`` says.
    run : Run
        What the results folder holds.
    here : OnDataset
        What was done on the model's dataset.
    judgement : Judgement
        What follows from it.

    Returns
    -------
    str
        With a section for use, scores, verdict, calibration, cost, data and limits.
    """
    method = facts["method"]
    parts = {
        "Use": _use(facts),
        "Scores": _scores(facts, here, judgement),
        "Verdict": [f"- {_plain(each)}" for each in judgement.verdicts]
        or ["Nothing was compared."],
        "Calibration": _calibration(method, here, judgement),
        "Cost": [f"- {line}" for line in _costs(method, run, here)],
        "Limits": [f"- {line}" for line in _limits(facts, judgement)],
        "Data": [
            f"- {name}: {text}" for name, text in card_facts(here.entry, here.shown)
        ],
    }
    lines = [f"# {method} on {here.name}", "", *_about(facts, here), ""]
    for title, body in parts.items():
        if body:
            lines += [f"## {title}", "", *body, ""]
    return visible("\n".join(lines))


def example_text(facts: Mapping[str, Any]) -> str:
    """Return a script that loads the model and asks it about one row.

    Parameters
    ----------
    facts : mapping of str to object
        What ``model.json`` says.

    Returns
    -------
    str
        Python.
    """
    kinds = {"numeric": "0.0", "image": "None", "audio": "None", "video": "None"}
    columns = dict(facts["columns"])
    row = ", ".join(
        f"{name!r}: {kinds.get(kind, repr('...'))}" for name, kind in columns.items()
    )
    return (
        '"""Ask the model about a row; None is a value that is missing."""\n\n'
        "from pathlib import Path\n\nimport mmbench\n\n"
        "model = mmbench.load_model(Path(__file__).parent)\n"
        f"rows = [{{{row}}}]\n"
        "print(model.predict(rows))\n"
    )


def _about(facts: Mapping[str, Any], here: OnDataset) -> list[str]:
    rows = count_text(facts["n_train"], "row")
    made = f"{facts['trained_on']}: {rows}, seed {facts['seed']}"
    words = [f"A method of the suite {facts['suite']}, fitted to {made}."]
    row = next(row for row in here.rows if row.method == facts["method"])
    made_of = " → ".join(filter(None, (row.extractors, row.fusion, row.classifier)))
    return [*words, f"It is made of {made_of}."] if made_of else words


def _use(facts: Mapping[str, Any]) -> list[str]:
    needs = ", ".join(f"`{name}` ({kind})" for name, kind in facts["columns"].items())
    lines = [
        "```",
        "pip install -r requirements.txt",
        "mmbench predict . --data new.csv --out predictions.csv",
        "```",
        "",
        f"It needs the columns {needs}. Cells may be empty, and categories new.",
    ]
    classes = facts["schema_of_target"].get("classes")
    if classes:
        shown = ", ".join(f"`{each}`" for each in classes[:_MOST_CLASSES])
        more = f" and {len(classes) - _MOST_CLASSES} more" * (
            len(classes) > _MOST_CLASSES
        )
        lines += ["", f"It answers with one of {shown}{more}."]
    return lines


def _scores(
    facts: Mapping[str, Any], here: OnDataset, judgement: Judgement
) -> list[str]:
    lines = [
        f"| {each.label} | {score_text(each.score)} | {each.interval} |"
        for each in scores_of_method(facts["method"], here, judgement)
    ]
    whose = (
        "These are the scores of the run's models of this method, each on rows that it "
        "was not fitted to. This model was fitted to all rows, so no row is left that "
        "could score it."
        if facts["fold"] is None
        else "These are the scores of all trials of this method; this is the model of "
        f"fold {facts['fold']}, seed {facts['seed']}."
    )
    head = ["| score | value | 95 % interval |", "| --- | --- | --- |"]
    return [whose, "", *head, *lines]


def _calibration(method: str, here: OnDataset, judgement: Judgement) -> list[str]:
    pooled = judgement.pooled
    if pooled is None or method not in pooled.methods:
        return []
    table = here.shown.tables(here.name, pooled, [method]).get("calibration")
    found = [] if table is None else table.rows
    header = [] if table is None else table.header
    rows = [dict(zip(header, row, strict=True)) for row in found]
    return [_calibration_words(row) for row in rows if row["method"] == method]


def _calibration_words(row: Mapping[str, Any]) -> str:
    return (
        f"Expected calibration error {row['ece']:.3f} (perfectly calibrated "
        f"probabilities would show {row['ece_by_chance']:.3f} by chance, "
        f"{row['ece_limit']:.3f} at most in 95 of 100 cases), Brier score "
        f"{row['brier']:.3f}: mean confidence {row['mean_confidence']:.1%}, right "
        f"{row['accuracy']:.1%}, over {row['n']:,} answers."
    )


def _costs(method: str, run: Run, here: OnDataset) -> Iterator[str]:
    for row in cost_ledger(run.plan, run.records).rows:
        if (row.dataset, row.method) == (here.name, method):
            if not math.isnan(row.standalone_s):
                yield f"all its trials, alone: {seconds_text(row.standalone_s)}"
            if not math.isnan(row.peak_rss_bytes):
                yield f"most memory of a process: {bytes_text(row.peak_rss_bytes)}"
    measured = run.measured.get(here.name, {}).get(method, {})
    if "samples_per_s" in measured:
        rate = rate_text(float(measured["samples_per_s"]))
        yield f"throughput: {rate} rows per second"
    if "latency_p95_s" in measured:
        p95 = seconds_text(float(measured["latency_p95_s"]))
        yield f"latency of one row (p95): {p95}"
    if "model_bytes" in measured:
        size = bytes_text(float(measured["model_bytes"]))
        yield f"size of what it learnt: {size}"


def _limits(facts: Mapping[str, Any], judgement: Judgement) -> Iterator[str]:
    yield (
        "Its scores hold for rows like those of the run; on other data, measure it "
        "before you rely on it."
    )
    if "numeric" in facts["columns"].values() or len(facts["columns"]) > 1:
        yield "A value that is missing is handled as in fitting, at some loss."
    yield (
        "Some methods (neighbours, support vectors, vocabularies) keep parts of "
        "their training rows: share the model as you would share the data."
    )
    computed = facts.get("computed_with") or ()
    if computed:
        yield f"Its features were computed in {', '.join(computed)}."
    for finding in judgement.caveats:
        yield _plain(str(finding))


def _plain(sentence: Sequence[str] | str) -> str:
    return "".join(sentence)
