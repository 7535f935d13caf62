"""Verdicts: what they say, of whom, and that luck alone makes them say nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mmbench.errors import StoreError
from mmbench.report import make_report
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.questions import ENSEMBLE, FUSION, KIND, PAIR
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.report.run import Run
from mmbench.report.text.across_words import across_sentences
from mmbench.results import Predictions, Record, ResultStore
from mmbench.tasks import TASKS

CLASSES = np.array(["cat", "dog", "fox"])
SINGLES = {"text/a": ("text", "none", "Logistic"), "image/a": ("image", "none", "Tree")}
FUSED = {
    "both/early": ("text+image", "early", "Logistic"),
    "both/late": ("text+image", "late", "Logistic"),
}
BAGGED = {"text/bag": ("text", "none", "BaggingClassifier(Logistic)")}


class Made:
    """A made-up run: what each method gets right is drawn, the rest follows."""

    def __init__(
        self,
        methods: Mapping[str, tuple[str, str, str]],
        accuracies: Mapping[str, float],
        *,
        n: int = 400,
        n_folds: int = 5,
        datasets: int = 1,
        seed: int = 0,
    ) -> None:
        rng = np.random.default_rng(seed)
        self.records: dict[str, Record] = {}
        self.predictions: dict[str, Predictions] = {}
        self.plan: dict[str, Any] = {
            "suite": "made",
            "scoring": ["accuracy", "f1_macro"],
            "cv": "folds",
            "seeds": [0],
            "datasets": {f"d{i}": {"notices": []} for i in range(datasets)},
            "methods": {
                name: {
                    "modalities": sees,
                    "extractors": "E",
                    "fusion": fusion,
                    "classifier": classifier,
                }
                for name, (sees, fusion, classifier) in methods.items()
            },
            "trials": [],
        }
        for dataset in self.plan["datasets"]:
            y, luck = rng.integers(0, 3, n), rng.random(n)
            for name in methods:
                own = np.where(rng.random(n) < 0.6, luck, rng.random(n))
                wrong = (y + rng.integers(1, 3, n)) % 3
                answer = np.where(own < accuracies[name], y, wrong)
                self._keep(dataset, name, y, answer, n_folds)

    def _keep(
        self,
        dataset: str,
        name: str,
        y: NDArray[np.int64],
        answer: NDArray[np.int64],
        n_folds: int,
    ) -> None:
        for fold in range(n_folds):
            rows = np.arange(fold, len(y), n_folds)
            key = f"{len(self.predictions):06x}"
            place = {"dataset": dataset, "method": name, "fold": fold, "seed": 0}
            self.plan["trials"].append({"key": key, **place})
            right = float(np.mean(y[rows] == answer[rows]))
            self.records[key] = Record(
                key=key,
                suite="made",
                status="ok",
                scores={"f1_macro": right, "accuracy": right},
                n_train=len(y) - len(rows),
                n_test=len(rows),
                fit_time_s=1.0,
                predict_time_s=0.2 if "+" in self.plan["methods"][name] else 0.1,
                **place,
            )
            proba = np.where(np.eye(3)[answer[rows]], 0.8, 0.1)
            kept = {"y_true": CLASSES[y[rows]], "classes": CLASSES, "proba": proba}
            self.predictions[key] = Predictions(rows, kept)

    def judge(self, **measured: Any) -> dict[str, Judgement]:
        return judge(self.run(**measured))

    def run(self, **measured: Any) -> Run:
        return Run(
            plan=self.plan,
            records=self.records,
            predictions=self.read,
            environment={},
            measured=measured,
            probes={},
        )

    def read(self, key: str) -> Predictions:
        if key not in self.predictions:
            raise StoreError(f"{key} is missing.")
        return self.predictions[key]


def said(judgement: Judgement) -> str:
    return "\n".join("".join(sentence) for sentence in judgement.verdicts)


def of_question(run: Made, question: str) -> list[Comparison]:
    return [
        found
        for judgement in run.judge().values()
        for found in judgement.comparisons
        if found.question == question
    ]


EQUAL = dict.fromkeys([*SINGLES, *FUSED, *BAGGED], 0.7)


def test_a_gain_is_told_with_interval_p_value_and_cost() -> None:
    accuracies = {"text/a": 0.6, "image/a": 0.5, "both/early": 0.8, "both/late": 0.78}
    run = Made(SINGLES | FUSED, accuracies)
    speeds = {
        name: {"samples_per_s": 500.0 if name in FUSED else 1200.0}
        for name in accuracies
    }
    text = said(run.judge(d0=speeds)["d0"])
    assert text.startswith("Fusion adds ")
    assert " points of macro-F1 over text alone (these fitted models: 95 % CI " in text
    assert (
        ", p < .0001, corrected for 3 comparisons) at 2.4 times the prediction cost."
        in text
    )


def test_no_gain_is_told_as_plainly() -> None:
    (judgement,) = Made(SINGLES | FUSED, EQUAL).judge().values()
    assert "No significant difference between fusion and " in said(judgement)


def test_a_loss_is_told_with_its_interval_turned() -> None:
    accuracies = {"text/a": 0.8, "image/a": 0.5, "both/early": 0.6, "both/late": 0.58}
    run = Made(SINGLES | FUSED, accuracies)
    (found,) = of_question(run, FUSION)
    assert found.is_loss
    assert f"CI {-100 * found.high:.1f} to {-100 * found.low:.1f}" in said(
        run.judge()["d0"]
    )


def test_an_ensemble_is_held_against_its_base_and_its_best_member() -> None:
    made_of = ("LogisticRegression", "MultinomialNB")
    members = {
        "text/logistic": ("text", "none", "LogisticRegression"),
        "text/bayes": ("text", "none", "MultinomialNB"),
        "image/bayes": ("image", "none", "MultinomialNB"),
        "text/bag": ("text", "none", "BaggingClassifier(LogisticRegression)"),
        "text/stack": ("text", "none", f"StackingClassifier({', '.join(made_of)})"),
        "text/forest": ("text", "none", "RandomForestClassifier"),
    }
    run = Made(members, dict.fromkeys(members, 0.7) | {"text/bayes": 0.4})
    found = {each.first: each for each in of_question(run, ENSEMBLE)}
    # The forest's base, a tree, was not run; the image's Bayes is of another modality.
    assert found.keys() == {"text/bag", "text/stack"}
    assert (found["text/bag"].second, found["text/bag"].n_second) == (
        "text/logistic",
        1,
    )
    assert found["text/stack"].n_second == 2
    assert found["text/stack"].second == "text/logistic"


def test_an_ensemble_is_asked_about_unless_the_question_of_fusion_is_the_same() -> None:
    methods = SINGLES | FUSED
    greedy = {"both/greedy": ("text+image", "late", "GreedyEnsemble")}
    run = Made(methods | greedy, EQUAL | {"both/greedy": 0.7})
    described = run.plan["methods"]["both/greedy"]

    described["members"] = list(SINGLES)
    assert not of_question(run, ENSEMBLE)

    described["members"] = [*SINGLES, *FUSED]
    (found,) = of_question(run, ENSEMBLE)
    assert found.n_second == len(methods)


def test_every_comparison_of_a_question_is_corrected_for() -> None:
    accuracies = EQUAL | {"both/early": 0.78, "both/late": 0.5}
    several = Made(SINGLES | FUSED, accuracies, datasets=3)
    alone = Made(SINGLES | FUSED, accuracies)
    first, *others = of_question(several, FUSION)
    (same,) = of_question(alone, FUSION)
    # Fusion and two kinds of it, on each of three datasets.
    assert [each.n_compared for each in (first, *others)] == [9, 9, 9]
    assert same.n_compared == 3
    assert first.p_value == pytest.approx(3 * same.p_value)
    assert first.low < same.low


@pytest.mark.parametrize("seed", range(6))
def test_words_interval_and_p_value_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    methods = SINGLES | FUSED | BAGGED | {"text/base": ("text", "none", "Logistic")}
    accuracies = {name: rng.choice([0.5, 0.7, 0.72, 0.8]) for name in methods}
    judgement = Made(methods, accuracies, n=200, seed=seed).judge()["d0"]
    assert judgement.comparisons
    for found, sentence in zip(judgement.comparisons, judgement.verdicts, strict=False):
        text = "".join(sentence)
        is_significant = found.low > 0 or found.high < 0
        assert is_significant == (found.p_value < 0.05)
        assert is_significant == (" adds " in text or " loses " in text)
        assert is_significant != (
            text.startswith("No significant difference") or "equivalent" in text
        )
        if " adds " in text:
            assert found.estimate >= found.low > 0


def test_methods_whose_answers_are_the_same_are_equivalent() -> None:
    methods = {"text/a": SINGLES["text/a"], "both/early": FUSED["both/early"]}
    run = Made(methods, dict.fromkeys(methods, 0.7))
    for one, other in zip(
        *(
            [t["key"] for t in run.plan["trials"] if t["method"] == name]
            for name in methods
        ),
        strict=True,
    ):
        run.predictions[other] = run.predictions[one]
    text = said(run.judge()["d0"])
    assert text.startswith("Early fusion and text alone are equivalent within ±1.0 poi")


def test_no_kind_of_fusion_scores_above_fusion() -> None:
    for seed in range(5):
        run = Made(SINGLES | FUSED, EQUAL, seed=seed)
        (fusion,) = of_question(run, FUSION)
        kinds = of_question(run, KIND)
        assert max(kind.estimate for kind in kinds) == fusion.estimate


def test_two_methods_of_ones_own_are_compared_with_each_other() -> None:
    mine = {"mine/a": ("text", "none", "A"), "mine/b": ("text", "none", "B")}
    run = Made(mine, {"mine/a": 0.6, "mine/b": 0.8})
    (found,) = of_question(run, PAIR)
    assert (found.first, found.second, found.n_compared) == ("mine/b", "mine/a", 1)
    text = said(run.judge()["d0"])
    assert text.startswith("mine/b adds ")
    assert " points of macro-F1 over mine/a (these fitted models: 95 % CI " in text


def test_what_comparisons_are_about_is_said() -> None:
    text = said(Made(SINGLES | FUSED, EQUAL).judge()["d0"])
    assert "fitted models on new samples; variation from retraining is not" in text


def test_the_first_verdict_says_where_no_network_looked_at_images() -> None:
    run = Made(SINGLES | FUSED, EQUAL)
    words = "Images are HOG and colour features"
    assert words not in said(run.judge()["d0"])
    run.plan["datasets"]["d0"] = {"notices": ["none."], "notice_codes": ["MM506"]}
    first, *rest = said(run.judge()["d0"]).splitlines()
    assert words in first
    assert words not in "".join(rest)


def floored(accuracy: float) -> Made:
    floor = {"floor/prior": ("none", "none", "DummyClassifier")}
    rates = dict.fromkeys([*SINGLES, *FUSED], accuracy) | {"floor/prior": 1 / 3}
    return Made(SINGLES | FUSED | floor, rates)


def test_nothing_is_recommended_that_is_no_better_than_the_floor() -> None:
    run = floored(1 / 3)
    speeds = {name: {"samples_per_s": 500.0} for name in run.plan["methods"]}
    text = said(run.judge(d0=speeds)["d0"])
    assert text.startswith(
        "No method is significantly better than the floor, floor/prior (macro-F1 0."
    )
    assert ", take " not in text
    assert "calibration error" not in text


def test_what_is_better_than_the_floor_is_recommended() -> None:
    run = floored(0.7)
    speeds = {name: {"samples_per_s": 500.0} for name in run.plan["methods"]}
    text = said(run.judge(d0=speeds)["d0"])
    assert "better than the floor" not in text
    assert "If you need 100 samples/s, use " in text


def test_over_datasets_the_probability_of_a_gain_is_told() -> None:
    accuracies = {"text/a": 0.6, "image/a": 0.5, "both/early": 0.8, "both/late": 0.78}
    run = Made(SINGLES | FUSED, accuracies, datasets=4)
    metrics = run.run().metrics
    (sentence,) = across_sentences(of_question(run, FUSION), metrics)
    text = "".join(sentence)
    assert text.startswith("Over 4 datasets, the difference of fusion and the best ")
    # Nearly twenty points on each of four: the one invented dataset says otherwise.
    assert "better by more than 1.0 points has a probability of 1.00" in text
    assert across_sentences(of_question(run, FUSION)[:2], metrics) == []


def test_no_kind_of_fusion_is_more_certain_than_fusion_itself() -> None:
    for seed in range(5):
        run = Made(SINGLES | FUSED, EQUAL | {"both/early": 0.76}, seed=seed)
        (fusion,) = of_question(run, FUSION)
        for kind in of_question(run, KIND):
            assert kind.low <= fusion.low
            assert kind.estimate < 0 or kind.p_value >= fusion.p_value


def test_the_best_method_is_named_for_each_speed() -> None:
    accuracies = {"text/a": 0.6, "image/a": 0.5, "both/early": 0.8, "both/late": 0.78}
    run = Made(SINGLES | FUSED, accuracies)
    rates = {"text/a": 20_000, "image/a": 40_000, "both/early": 500, "both/late": 2_000}
    speeds = {name: {"samples_per_s": float(rate)} for name, rate in rates.items()}
    text = said(run.judge(d0=speeds)["d0"])
    assert "If you need 100 samples/s, use both/early" in text
    assert "for 1,000 samples/s, use both/late" in text
    assert "for 10,000 samples/s, use text/a" in text


def test_calibration_is_that_of_the_probabilities() -> None:
    run = Made(SINGLES | FUSED, EQUAL)
    pooled = run.judge()["d0"].pooled
    assert pooled is not None
    tables = TASKS["classification"].shown().tables("d0", pooled, [])
    header, cells = tables["calibration"]
    for values in cells:
        row = SimpleNamespace(**dict(zip(header, values, strict=True)))
        # Every answer is given with a confidence of 0.8; Brier's sum by hand.
        assert row.ece == pytest.approx(abs(0.8 - row.accuracy))
        right, wrong = 0.04 + 2 * 0.01, 0.64 + 0.81 + 0.01
        expected = row.accuracy * right + (1 - row.accuracy) * wrong
        assert row.brier == pytest.approx(expected)


def test_classes_are_scored_as_by_scikit_learn_and_the_worst_is_named() -> None:
    from sklearn.metrics import precision_recall_fscore_support

    judgement = Made(SINGLES | FUSED, EQUAL).judge()["d0"]
    pooled = judgement.pooled
    assert pooled is not None
    shown, names = TASKS["classification"].shown(), [*pooled.methods]
    header, cells = shown.tables("d0", pooled, names)["classes"]
    rows = [SimpleNamespace(**dict(zip(header, row, strict=True))) for row in cells]
    classes = pooled.target.schema["classes"]
    truth = np.searchsorted(classes, pooled.target.y)
    for name in names:
        mine = [row for row in rows if row.method == name]
        found = [[row.precision, row.recall, row.f1, row.n_true] for row in mine]
        said = pooled.methods[name].kept.label
        expected = precision_recall_fscore_support(truth, said, zero_division=0)
        np.testing.assert_allclose(np.transpose(found), expected)
        assert all(row.f1_low < row.f1 < row.f1_high for row in mine)
    worst = min((r for r in rows if r.method == names[0]), key=lambda row: row.f1)
    *_, sentence = shown.sentences(pooled, names)
    assert f"{worst.label!r}, {worst.f1:.3f} on " in "".join(sentence)


def test_methods_that_lack_trials_are_compared_with_none_and_named() -> None:
    run = Made(SINGLES | FUSED, EQUAL)
    lost = next(t["key"] for t in run.plan["trials"] if t["method"] == "both/early")
    del run.records[lost]
    judgement = run.judge()["d0"]
    assert all(found.first != "both/early" for found in judgement.comparisons)
    caveats = ["".join(sentence) for sentence in judgement.caveats]
    assert (
        "1 of 4 methods lacks trials and can't be compared: both/early (4 of 5)."
        in caveats
    )


def caveats(run: Made) -> str:
    (judgement,) = run.judge().values()
    return "\n".join("".join(sentence) for sentence in judgement.caveats)


def test_rare_classes_few_samples_and_few_folds_are_warned_of() -> None:
    text = caveats(Made(SINGLES | FUSED, EQUAL, n=24, n_folds=2))
    assert "Class 'cat' has " in text
    assert "Only 24 samples are compared: one answer is 4.2 points" in text
    assert "2 folds say little" in text
    assert "1 degree of freedom" in text


def test_one_split_is_warned_of_and_still_compared() -> None:
    run = Made(SINGLES | FUSED, EQUAL, n_folds=1)
    assert "There is one split only" in caveats(run)
    (found,) = of_question(run, FUSION)
    assert np.isnan(found.fold_p_value)


def test_a_healthy_run_is_not_warned_of() -> None:
    assert caveats(Made(SINGLES | FUSED, EQUAL)) == ""


def test_without_predictions_there_is_no_comparison_and_it_is_said() -> None:
    run = Made(SINGLES | FUSED, EQUAL)
    run.predictions.clear()
    judgement = run.judge()["d0"]
    assert judgement.comparisons == ()
    assert "".join(judgement.caveats[0]).startswith("The predictions of this run")


def test_seeds_are_repeats_of_the_same_samples() -> None:
    once = Made(SINGLES | FUSED, EQUAL, seed=3)
    again = Made(SINGLES | FUSED, EQUAL, seed=3)
    for trial in list(again.plan["trials"]):
        key = f"f{trial['key']}"
        again.plan["trials"].append({**trial, "seed": 1, "key": key})
        record = again.records[trial["key"]]
        again.records[key] = Record(
            **{**record.__dict__, "key": key, "seed": 1},
        )
        again.predictions[key] = again.predictions[trial["key"]]
    (first,), (second,) = of_question(once, FUSION), of_question(again, FUSION)
    # The same answers twice are not new evidence.
    assert second.n_samples == first.n_samples
    assert second.p_value == pytest.approx(first.p_value, abs=1e-9)
    assert (second.low, second.high) == pytest.approx((first.low, first.high))


def gains(n_runs: int, accuracies: Mapping[str, float]) -> Iterator[bool]:
    methods = SINGLES | FUSED | {f"both/{i}": FUSED["both/late"] for i in range(4)}
    lucky = dict(accuracies) | {f"both/{i}": accuracies["both/late"] for i in range(4)}
    for seed in range(n_runs):
        judgement = Made(methods, lucky, n=150, seed=seed).judge()["d0"]
        yield any(c.is_gain for c in judgement.comparisons if c.question != ENSEMBLE)


@pytest.mark.slow
def test_the_best_of_many_lucky_fusions_is_no_gain() -> None:
    # Six fusions, as good as the best single: 200 datasets in benchmarks/null_check.py.
    accuracies = EQUAL | {"image/a": 0.5}
    assert np.mean(list(gains(60, accuracies))) <= 0.05


def test_a_report_shows_verdicts_and_warnings_on_top(tmp_path: Path) -> None:
    run = Made(SINGLES | FUSED, EQUAL, n=24)
    with ResultStore(tmp_path).open(run.plan, {}) as store:
        store.extend(
            [(record, run.predictions[key]) for key, record in run.records.items()]
        )
    make_report(tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert (
        text.index("## Main results")
        < text.index("## Warnings")
        < text.index("### Ver")
    )
    html = (tmp_path / "report.html").read_text()
    assert html.index(">Main results</h2>") < html.index(">Warnings</h2>")
    header = (tmp_path / "tables/verdicts.csv").read_text().splitlines()[0]
    assert header == ",".join(Comparison._fields)


def test_a_wider_region_makes_no_difference_into_equivalence() -> None:
    run = Made({"a": SINGLES["text/a"], "b": SINGLES["image/a"]}, {"a": 0.7, "b": 0.7})
    (narrow,) = judge(run.run())["d0"].comparisons
    reach = max(-narrow.low, narrow.high)
    (wide,) = judge(replace(run.run(), given_rope=reach + 1e-9))["d0"].comparisons
    assert narrow.conclusion == "no significant difference"
    assert wide == narrow._replace(conclusion="equivalent", rope=wide.rope)
