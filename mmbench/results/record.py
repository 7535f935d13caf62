"""What one trial left behind."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from mmbench.errors import StoreError
from mmbench.results.atomic import read_file
from mmbench.results.strict_json import (
    dump_strict,
    load_strict,
    with_checksum,
    without_checksum,
)

__all__ = ["SCHEMA", "STATUSES", "NodeCost", "Record", "Status"]

SCHEMA = 1
"""The version of the files of a results folder that this code writes."""

Status = Literal["ok", "failed", "timed_out", "skipped"]
STATUSES: tuple[Status, ...] = get_args(Status)

_FILE = "records.jsonl"
_KEY = re.compile(r"[0-9a-f]{1,128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Scores of these names are shares. Of others, any number is believed: a task's own,
# a user's, or a scorer of scikit-learn's, which calls a negative one "log_loss".
_SHARES = re.compile(
    r"(balanced_)?accuracy|(precision|recall|f1|average_precision|roc_auc|jaccard)"
    r"(_(macro|micro|weighted|samples|binary|(ovr|ovo)(_weighted)?))?"
)
# Sums of floats may lie above one by their rounding.
_ROUNDING = 1e-9


class NodeCost(NamedTuple):
    """What one distinct piece of work cost when it was done cold.

    Attributes
    ----------
    wall_s, cpu_s : float
        Wall and processor time, of one thread.
    peak_rss_bytes : int
        The most memory that the process held meanwhile.
    """

    wall_s: float
    cpu_s: float
    peak_rss_bytes: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """The status, scores and costs of one trial: one line of ``records.jsonl``.

    Parameters
    ----------
    key : str
        Names the trial: the digest, in lower-case hexadecimal, of all that it is.
    suite, dataset, method : str
        What was tried.
    fold, seed : int
        Which split, and the seed of the split and of the method.
    status : {"ok", "failed", "timed_out", "skipped"}
        How it ended.
    reason : str, optional
        One line that says why it is not ok.
    traceback : str, optional
        Where a failed trial failed.
    scores : mapping of str to float or None
        Metric to score; None where the metric is not defined on this fold. NaN is
        written as null, and so read back as None.
    n_train, n_test : int, optional
        Rows that it was fitted and scored on.
    fit_time_s, predict_time_s : float, optional
        Seconds that the method takes for them by itself.
    ended_at : str, default=""
        When, in ISO 8601.
    nodes : mapping of str to NodeCost
        What each distinct piece of work under the trial cost when it was done cold.
        Trials that share work name it alike.
    cached_nodes : sequence of str
        Those of `nodes` whose value and cost came from the cache.
    yardstick_s : float, optional
        Processor time of a fixed piece of work that was timed beside the others, which
        shows how fast the machine was.
    warnings : sequence of str
        What the method warned about, each message once.
    computed_with : sequence of str
        The precisions and devices that its extractors chose, such as
        ``"bfloat16 on cpu"``.
    searches : mapping of str to dict
        What the searches for parameters inside the method found, by the parameter where
        each stands: ``best_params``, and the candidates' ``params`` and scores.
    versions : mapping of str to str
        The packages that the result depends on.
    predictions_sha256 : str, optional
        The checksum of the trial's predictions, where they are kept; the store fills
        it in.
    schema : int, default=1
        The version of this layout.

    Examples
    --------
    >>> record = Record(
    ...     key="0a", suite="quick", dataset="glyphs", method="dummy", fold=0, seed=0,
    ...     status="ok", scores={"accuracy": 0.25})
    >>> Record.from_json(record.to_json()) == record
    True
    """

    key: str
    suite: str
    dataset: str
    method: str
    fold: int
    seed: int
    status: Status
    reason: str | None = None
    traceback: str | None = None
    scores: Mapping[str, float | None] = field(default_factory=dict)
    n_train: int | None = None
    n_test: int | None = None
    fit_time_s: float | None = None
    predict_time_s: float | None = None
    ended_at: str = ""
    nodes: Mapping[str, NodeCost] = field(default_factory=dict)
    cached_nodes: Sequence[str] = ()
    yardstick_s: float | None = None
    warnings: Sequence[str] = ()
    computed_with: Sequence[str] = ()
    searches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    predictions_sha256: str | None = None
    schema: int = SCHEMA

    def to_json(self) -> str:
        """Return the record as one line of strict JSON, without the line's end.

        The last value, ``sha256``, is the checksum of the others.
        """
        values = asdict(self)
        schema = values.pop("schema")
        return dump_strict(with_checksum({"schema": schema, **values}, _FILE))

    @classmethod
    def from_json(cls, line: str | bytes) -> Record:
        """Read a record back.

        Parameters
        ----------
        line : str or bytes
            What `to_json` wrote. Fields that are not known are left out.

        Returns
        -------
        Record

        Raises
        ------
        ValueError
            When the line is not a record.
        StoreError
            When it was written by a newer mmbench.
        """
        values = load_strict(line)
        if not isinstance(values, dict):
            raise ValueError("a record must be a JSON object.")
        check_schema(values, _FILE)
        for name in sorted(_REQUIRED - values.keys()):
            raise ValueError(f"a record needs the field {name!r}.")
        for name, (rule, holds) in _RULES.items():
            if name in values and not holds(values[name]):
                raise ValueError(f"{name} must be {rule}, got {values[name]!r:.80}.")
        for name, score in values.get("scores", {}).items():
            _check_range(name, score)
        values = without_checksum(values, _FILE)
        values = {name: value for name, value in values.items() if name in _RULES}
        for name in ("warnings", "computed_with", "cached_nodes"):
            values[name] = tuple(values.get(name, ()))
        nodes = {k: NodeCost(*cost) for k, cost in values.pop("nodes", {}).items()}
        return cls(**values, nodes=nodes)


class Lines(NamedTuple):
    """What ``records.jsonl`` holds.

    Attributes
    ----------
    records : mapping of str to Record
        The last record of every key.
    n_lines : int
        All lines.
    dropped : list of str
        For every line that is not a record, its number and why.
    """

    records: dict[str, Record]
    n_lines: int
    dropped: list[str]


def read_records(path: Path) -> Lines:
    """Return the records in a file; none where there is no file.

    Parameters
    ----------
    path : Path
        A file of one record per line, in JSON.

    Returns
    -------
    Lines
        The last record of each key, the number of lines, and what was wrong with lines
        that hold no record.

    Raises
    ------
    StoreError
        When the file can't be read.
    """
    if not os.path.lexists(path):
        return Lines({}, 0, [])
    lines = read_file(path).split(b"\n")
    found: dict[str, Record] = {}
    dropped = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                record = Record.from_json(line)
            except ValueError as error:
                dropped.append(f"line {number}: {str(error).rstrip('.')}")
            else:
                found[record.key] = record
    return Lines(found, sum(map(bool, lines)), dropped)


def check_schema(values: Mapping[str, Any], name: str) -> None:
    """Raise a `StoreError` for a file that a newer mmbench wrote.

    Parameters
    ----------
    values : mapping
        The content of a file; its ``schema`` is the number of its format.
    name : str
        How messages name the file.

    Raises
    ------
    StoreError
        When the format is newer than this version reads.
    """
    schema: Any = values.get("schema")
    if _is_int(schema) and schema > SCHEMA:
        raise StoreError(
            f"{name} was written by a newer mmbench (schema {schema}; this one reads "
            f"up to {SCHEMA}); upgrade mmbench to read it."
        )


def is_key(value: object) -> bool:
    """Return whether a value can name a trial, and so safely a file.

    Parameters
    ----------
    value : object
        Any value that was read from a file.

    Returns
    -------
    bool
        Whether it is a string of 1 to 128 hexadecimal digits.
    """
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_int(value) and 0 <= value < 1 << 63


def _is_number(value: Any) -> bool:
    # Whole numbers may be too long for a float; NaN is no more than anything.
    is_number = _is_int(value) or isinstance(value, float)
    return is_number and abs(value) <= sys.float_info.max


def _is_time(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_cost(value: Any) -> bool:
    n_parts = len(NodeCost._fields)
    is_list = isinstance(value, list) and len(value) == n_parts
    return is_list and all(map(_is_time, value))


def _is_sha256(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _check_range(name: str, score: float | None) -> None:
    if score is None or not _SHARES.fullmatch(name):
        return
    if not -_ROUNDING <= score <= 1 + _ROUNDING:
        raise ValueError(f"the score {name} must be 0 to 1, got {score!r}.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _or_none(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


def _mapping_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(holds, value.values()))


_STRINGS: tuple[str, Callable[[Any], bool]] = (
    "an array of strings",
    lambda value: isinstance(value, list) and all(map(_is_text, value)),
)

_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "schema": ("an integer", _is_int),
    "key": ("hexadecimal", is_key),
    "suite": ("a string", _is_text),
    "dataset": ("a string", _is_text),
    "method": ("a string", _is_text),
    "fold": ("an integer of at least 0", _is_count),
    "seed": ("an integer", _is_int),
    "status": (f"one of {list(STATUSES)}", lambda value: value in STATUSES),
    "reason": ("a string or null", _or_none(_is_text)),
    "traceback": ("a string or null", _or_none(_is_text)),
    "scores": ("an object of numbers", _mapping_of(_or_none(_is_number))),
    "n_train": ("an integer of at least 0, or null", _or_none(_is_count)),
    "n_test": ("an integer of at least 0, or null", _or_none(_is_count)),
    "fit_time_s": ("a number of at least 0, or null", _or_none(_is_time)),
    "predict_time_s": ("a number of at least 0, or null", _or_none(_is_time)),
    "ended_at": ("a string", _is_text),
    "nodes": (
        "an object of arrays of three numbers of at least 0",
        lambda value: isinstance(value, dict) and all(map(_is_cost, value.values())),
    ),
    "cached_nodes": _STRINGS,
    "yardstick_s": ("a number of at least 0, or null", _or_none(_is_time)),
    "warnings": _STRINGS,
    "computed_with": _STRINGS,
    "searches": (
        "an object of objects",
        _mapping_of(lambda value: isinstance(value, dict)),
    ),
    "versions": ("an object of strings", _mapping_of(_is_text)),
    "predictions_sha256": ("a SHA-256 or null", _or_none(_is_sha256)),
}

_REQUIRED = {"schema", "key", "suite", "dataset", "method", "fold", "seed", "status"}
