"""Reports of tasks that nobody here knows: a direction, and a ranking."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmbench.errors import StoreError
from mmbench.report import make_report
from mmbench.report.judging.oof_predictions import read_pooled
from mmbench.report.judging.scoring import Scores
from mmbench.report.run_comparison import compare_runs
from mmbench.results import Predictions, Record, ResultStore
from mmbench.tasks import (
    Answers,
    Metric,
    Prediction,
    Shown,
    Target,
    Task,
    register_task,
)
from mmbench.tasks.registry import _tasks

N, N_FOLDS = 200, 4
METHODS = {
    "text": ("text", "none", 0.6),
    "image": ("image", "none", 0.7),
    "both": ("text+image", "late", 0.4),
    "nothing": ("none", "none", 9.0),
}


class AngleAnswers(Answers):
    def load(self, arrays: Mapping[str, Any]) -> tuple[Target, Prediction]:
        return Target(arrays["truth"]), Prediction({"angle": arrays["angle"]})


def turned(target: Target, prediction: Prediction) -> np.ndarray:
    """Return how far each answer is turned from the truth, in degrees, and a one."""
    gap = np.abs(target.scored - prediction["angle"]) % 360
    return np.column_stack([np.minimum(gap, 360 - gap), np.ones(len(gap))])


ERROR = Metric(
    name="turn",
    label="mean turn",
    description="degrees between answer and truth",
    greater_is_better=False,
    contributions=turned,
    value=lambda sums: sums[0] / sums[1],
    is_share=False,
)
WORST = Metric(
    name="worst",
    label="worst turn",
    description="the largest of them",
    greater_is_better=False,
    compute=lambda target, prediction: turned(target, prediction)[:, 0].max(),
    is_share=False,
)


def owners(_: Target, ids: np.ndarray) -> np.ndarray:
    return ids


ANGLE = Task(
    name="toy-angle",
    data=SimpleNamespace(units=owners),
    make_answers=AngleAnswers,
    metrics=(ERROR, WORST),
    default_scoring=("turn", "worst"),
    main_metric="turn",
)


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    register_task(ANGLE)
    yield
    del _tasks["toy-angle"]


def write_run(out: Path, ranked_by: str = "turn", **more: Any) -> Path:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0, 360, N)
    shared = rng.normal(0, 1, N)
    plan: dict[str, Any] = {
        "suite": "angles",
        "scoring": ["turn", "worst", "mine"],
        "datasets": {
            "d": {"task": "toy-angle", "ranked_by": ranked_by, "size": "a turn", **more}
        },
        "methods": {
            name: {
                "modalities": sees,
                "fusion": fusion,
                "classifier": "",
                "is_floor": name == "nothing",
            }
            for name, (sees, fusion, _) in METHODS.items()
        },
        "trials": [],
    }
    entries = []
    for name, (*_, spread) in METHODS.items():
        noise = 20 * spread * (shared + rng.normal(0, 1, N)) / math.sqrt(2)
        answer = (truth + noise) % 360
        for fold in range(N_FOLDS):
            rows = np.arange(fold, N, N_FOLDS)
            key = f"{len(entries):04x}"
            place = {"dataset": "d", "method": name, "fold": fold, "seed": 0}
            plan["trials"].append({"key": key, **place})
            target = Target(truth[rows])
            said = Prediction({"angle": answer[rows]})
            scores = {m.name: m.score(target, said) for m in ANGLE.metrics}
            record = Record(
                key=key,
                suite="angles",
                status="ok",
                scores=scores | {"mine": spread + fold / 100},
                n_train=N - len(rows),
                n_test=len(rows),
                predict_time_s=0.1,
                **place,
            )
            kept = {"truth": truth[rows], "angle": answer[rows]}
            entries.append((record, Predictions(rows, kept, rows // 8)))
    with ResultStore(out).open(plan, {}) as store:
        store.extend(entries)
    return out


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return write_run(tmp_path / "angles")


@pytest.fixture
def text(out: Path) -> str:
    make_report(out)
    return (out / "report.md").read_text()


def test_methods_are_ranked_by_the_least_error(out: Path, text: str) -> None:
    assert "ranked by mean turn" in text.lower()
    found = pd.read_csv(out / "tables/methods.csv")
    assert found["method"].tolist() == ["both", "text", "image", "nothing"]
    assert "The best method is **both** with mean turn " in text
    assert "## d: a turn" in text
    assert (out / "report.html").exists()


def test_a_verdict_says_by_how_much_an_error_is_lowered(out: Path, text: str) -> None:
    (found,) = pd.read_csv(out / "tables/verdicts.csv").itertuples()
    assert (found.metric, found.first) == ("turn", "both")
    low, high = f"{found.low:.3f}", f"{found.high:.3f}"
    assert (
        f"Late fusion lowers mean turn by {found.estimate:.3f} against text alone "
        f"(these fitted models: 95 % CI {low} to {high}, p &lt; "
    ) in text
    assert "only the first gets right" not in text


def test_groups_are_what_is_resampled(out: Path, text: str) -> None:
    (found,) = pd.read_csv(out / "tables/verdicts.csv").itertuples()
    assert found.n_samples == N / 8


def test_the_floor_is_compared_with_none_and_said_to_look_at_nothing(
    text: str,
) -> None:
    assert "which looks at nothing, reaches mean turn " in text


def test_a_metric_that_nobody_knows_shows_what_was_recorded(text: str) -> None:
    assert "| mean turn | worst turn | mine |" in text
    # The mean of 0.4 plus none to three hundredths.
    assert "| 0.415 |" in text


def test_a_metric_of_ones_own_gets_its_label_when_it_is_given(out: Path) -> None:
    own = Metric(name="mine", label="my metric", description="", compute=lambda *_: 0.0)
    make_report(out, [own])
    assert "| mean turn | worst turn | my metric |" in (out / "report.md").read_text()


def test_where_the_ranking_metric_has_no_interval_the_main_one_decides(
    tmp_path: Path,
) -> None:
    out = write_run(tmp_path / "worst", ranked_by="worst")
    make_report(out)
    text = (out / "report.md").read_text()
    assert "ranked by worst turn" in text.lower()
    assert "Late fusion lowers mean turn by " in text


def test_a_task_that_is_not_known_is_named(tmp_path: Path) -> None:
    out = write_run(tmp_path / "unknown", task="colour")
    with pytest.raises(StoreError, match="'d' has the task 'colour', which is not"):
        make_report(out)


def test_two_runs_are_compared_by_the_error(out: Path, tmp_path: Path) -> None:
    new = write_run(tmp_path / "again")
    store = ResultStore(new)
    plan, records = store.plan(), store.records()
    entries = []
    for key, record in records.items():
        kept = store.predictions(key)
        # A degree more, of an error that is some degrees.
        arrays = {**kept.arrays, "angle": kept.arrays["truth"] + 90}
        entries.append((record, kept._replace(arrays=arrays)))
    with store.open(plan, {}):
        store.extend(entries)
    found = {change.method: change for change in compare_runs(out, new).quality}
    assert found["text"].what == "turn"
    assert found["text"].new == pytest.approx(90)
    assert found["text"].outcome == "worse"
    assert found["text"].how == "paired over 25 samples"


def nearest(target: Target, prediction: Prediction) -> np.ndarray:
    """Return of the query of each row, then of each row backwards, whether it hits."""
    gaps = np.abs(prediction["query"][:, None] - prediction["item"])
    right = [gaps.argmin(axis=axis) == np.arange(len(gaps)) for axis in (1, 0)]
    return np.column_stack([np.concatenate(right), np.ones(2 * len(gaps))])


class PairAnswers:
    def load(self, arrays: Mapping[str, Any]) -> tuple[Target, Prediction]:
        return Target(arrays["key"]), Prediction(
            {side: arrays[side] for side in ("query", "item")}
        )


def test_rows_that_are_ranked_in_a_gallery_are_scored_fold_by_fold() -> None:
    hits = Metric(
        name="hits",
        label="hits",
        description="",
        contributions=nearest,
        value=lambda sums: sums[0] / sums[1],
    )
    pairs = Task(
        name="toy-pairs",
        data=SimpleNamespace(units=lambda _, ids: np.concatenate([ids, ids])),
        make_answers=PairAnswers,
        metrics=(hits,),
        default_scoring=("hits",),
        main_metric="hits",
        shown=Shown,
        independent_rows=False,
    )
    # Each fold has the same places, so that rows of two folds would be mixed up.
    places = np.array([0.0, 1.0, 2.0])
    folds = [places, places[[0, 2, 1]]]
    kept = {
        f"k{fold}": Predictions(
            np.arange(3) + 3 * fold,
            {"key": places, "query": places, "item": items},
        )
        for fold, items in enumerate(folds)
    }
    trials = [
        {"key": key, "method": "m", "fold": fold, "seed": 0}
        for fold, key in enumerate(kept)
    ]
    found = read_pooled(pairs, trials, ["m"], kept.__getitem__)
    assert found is not None
    scores = Scores(found, hits, [hits], 0.5)
    # All six queries of the first fold hit, and two of the second.
    assert scores.fold_scores("m").tolist() == pytest.approx([1, 1 / 3])
    assert scores.of == {"m": pytest.approx(8 / 12)}
    assert found.resamples.n_units == 6
