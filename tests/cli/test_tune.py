"""``mmbench run --tune``: a number of candidates, or a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmbench.results import ResultStore
from mmbench.suites.tuning import recorded_counts

from .conftest import Mmbench

METHOD = "name/tfidf/logistic"


def test_methods_try_as_many_candidates_as_they_can_in_a_time(
    mmbench: Mmbench, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmbench.cli.tuning_budget._MOST", 4)
    words = ["run", "text", "--data", table, "--target", "kind", "--text", "name"]
    words += ["--method", METHOD, "--folds", 2, "--out", "out", "--cache", "cache"]
    words += ["--no-throughput", "--no-ablation", "--retrain", "none", "-q", "--debug"]

    few = mmbench(*words, "--tune", "0.0001s")
    assert few.exit_code == 2
    assert "are too few for any method" in few.output

    assert mmbench(*words, "--tune", "1s").exit_code == 0
    store = ResultStore("out")
    counts = recorded_counts(store.plan())
    assert counts.keys() == {METHOD}
    assert 1 < counts[METHOD] <= 4
    keys = set(store.records())

    # Another time is another measurement, but a run that goes on stays as it was.
    assert mmbench(*words, "--tune", "1s").exit_code == 0
    assert set(store.records()) == keys


def test_one_candidate_is_refused(mmbench: Mmbench) -> None:
    result = mmbench("run", "quick", "--tune", "1")
    assert (result.exit_code, "no choice" in result.output) == (2, True)


def test_how_to_tune_is_for_what_is_tuned(mmbench: Mmbench) -> None:
    result = mmbench("run", "quick", "--tuner", "halving")
    assert (result.exit_code, "--tuner goes with --tune N" in result.output) == (
        2,
        True,
    )
