"""Reports of datasets whose samples may have several labels, or none."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn import metrics

from mmbench.report import make_report
from mmbench.report.judging.oof_predictions import read_pooled
from mmbench.report.run_comparison import compare_runs
from mmbench.results import NodeCost, Predictions, Record, ResultStore
from mmbench.tasks import TASKS

pytestmark = pytest.mark.multilabel
labels_figure = pytest.importorskip(
    "mmbench.tasks.multilabel.label_figure"
).labels_figure

Floats = NDArray[np.float64]

LABELS = np.array(["comedy", "drama", "noir", "romance", "western"])
FREQUENCIES = np.array([0.35, 0.55, 0.02, 0.2, 0.08])
EARLY = "text+image/tfidf+hog/early/logistic"
N, N_FOLDS = 500, 5
# method: sees, extractors, fusion, classifier
METHODS = {
    "dummy": ("none", "", "none", "DummyClassifier"),
    "text/tfidf/logistic": (
        *("text", "TfidfVectorizer", "none", "LogisticRegression"),
    ),
    "text/tfidf/bagging": (
        *("text", "TfidfVectorizer", "none", "BaggingClassifier(LogisticRegression)"),
    ),
    "text/tfidf/svm": ("text", "TfidfVectorizer", "none", "LinearSVC"),
    "image/hog/logistic": ("image", "HOGExtractor", "none", "LogisticRegression"),
    EARLY: (
        *("text+image", "TfidfVectorizer+HOGExtractor", "early", "LogisticRegression"),
    ),
    "text+image/tfidf+hog/late-mean/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "late", "LogisticRegression"),
    ),
    "text+image/tfidf+hog/hybrid/logistic": (
        *("text+image", "TfidfVectorizer+HOGExtractor", "hybrid", "LogisticRegression"),
    ),
}
SCORING = (
    *("f1_micro", "f1_macro", "f1_weighted", "f1_samples", "average_precision_macro"),
    *("accuracy", "precision_macro", "recall_macro", "roc_auc_ovr", "log_loss"),
)


def key_of(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def drawn(seed: int = 0) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """Draw label sets, and what each method makes of them.

    Text and image each show every label as a normal number that is greater where the
    label is true, so that what can be known of it from either, or both, is known.
    """
    rng = np.random.default_rng(seed)
    y = (rng.random((N, 5)) < FREQUENCIES).astype(np.int64)
    # What a signal adds to the logit of a label: d * x - d**2 / 2.
    text, image = (
        d * (rng.normal(d * y, 1.0) - d / 2)
        for d in (np.array([2.0, 1.2, 1.5, 2.2, 2.0]), np.array([1.0, 1.6, 1.0, 0, 2]))
    )
    prior = logit(FREQUENCIES)
    by_text, by_image = expit(prior + text), expit(prior + image)
    both, noisy = expit(prior + text + image), text + rng.normal(0, 0.4, text.shape)
    return y, {
        "dummy": np.broadcast_to(FREQUENCIES, y.shape),
        "text/tfidf/logistic": by_text,
        "text/tfidf/bagging": expit(prior + noisy),
        "text/tfidf/svm": (by_text > 0.4).astype(np.float64),
        "image/hog/logistic": by_image,
        EARLY: both,
        "text+image/tfidf+hog/late-mean/logistic": (by_text + by_image) / 2,
        "text+image/tfidf+hog/hybrid/logistic": (by_text + by_image + both) / 3,
    }


def scored(y: NDArray[np.int64], proba: Floats) -> dict[str, float | None]:
    """Score with scikit-learn what probabilities say."""
    told = (proba > 0.5).astype(np.int64)
    found: dict[str, float | None] = {
        f"f1_{average}": metrics.f1_score(y, told, average=average, zero_division=0)
        for average in ("micro", "macro", "weighted", "samples")
    }
    for name in ("precision", "recall"):
        score = getattr(metrics, f"{name}_score")
        found[f"{name}_macro"] = score(y, told, average="macro", zero_division=0)
    found["accuracy"] = metrics.accuracy_score(y, told)
    if np.isin(proba, (0, 1)).all():
        names = ("average_precision_macro", "roc_auc_ovr", "log_loss")
        return found | dict.fromkeys(names)
    has_both = (y.any(axis=0)) & (~y.all(axis=0))
    found["average_precision_macro"] = metrics.average_precision_score(
        y[:, has_both], proba[:, has_both], average="macro"
    )
    found["roc_auc_ovr"] = metrics.roc_auc_score(y[:, has_both], proba[:, has_both])
    found["log_loss"] = metrics.log_loss(y.ravel(), proba.ravel())
    return found


def make_plan() -> dict[str, Any]:
    return {
        "suite": "genres",
        "scoring": list(SCORING),
        "cv": "5 folds, stratified by label sets, shuffled",
        "seeds": [0],
        "datasets": {
            "films": {
                "title": "Made-up films with their genres",
                "version": "1",
                "source": "generated",
                "licence": "CC0-1.0",
                "checksum": "sha256:5e7a",
                "modalities": {"text": "text", "image": "image"},
                "task": "name all genres of a film",
                "n_samples": N,
                "n_classes": 5,
                "is_multilabel": True,
                "notices": [],
            }
        },
        "methods": {
            name: {
                "digest": key_of(name),
                "modalities": {"films": sees},
                "extractors": extractors,
                "fusion": fusion,
                "classifier": classifier,
                "repr": f"{classifier}()",
            }
            for name, (sees, extractors, fusion, classifier) in METHODS.items()
        },
        "trials": [
            {
                "key": key_of(method, fold),
                "dataset": "films",
                "method": method,
                "fold": fold,
                "seed": 0,
            }
            for fold in range(N_FOLDS)
            for method in METHODS
        ],
    }


def make_entries(plan: dict[str, Any]) -> Iterator[tuple[Record, Predictions]]:
    y, answers = drawn()
    for trial in plan["trials"]:
        rows = np.arange(trial["fold"], N, N_FOLDS)
        proba = answers[trial["method"]][rows]
        seconds = 0.1 * (1 + trial["method"].count("+"))
        record = Record(
            **trial,
            suite="genres",
            status="ok",
            scores=scored(y[rows], proba),
            n_train=N - len(rows),
            n_test=len(rows),
            fit_time_s=10 * seconds,
            predict_time_s=seconds,
            nodes={trial["key"]: NodeCost(11 * seconds, 10 * seconds, 2**28)},
            versions={"numpy": "2.4.6"},
        )
        kept = {"y_true": y[rows], "classes": LABELS, "proba": proba}
        yield record, Predictions(rows, kept)


Change = Callable[[str, Predictions], Predictions]


def write_run(folder: Path, change: Change = lambda _, kept: kept) -> Path:
    """Write a run; `change` may alter what a method predicted, but not its records."""
    plan = make_plan()
    entries = [
        (record, change(record.method, kept)) for record, kept in make_entries(plan)
    ]
    with ResultStore(folder).open(plan, {"command": "mmbench run genres"}) as store:
        store.extend(entries)
    return folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("films"))
    make_report(folder)
    return folder


@pytest.fixture(scope="module")
def text(out: Path) -> str:
    return (out / "report.md").read_text()


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(out / "tables" / f"{name}.csv")


def pooled(method: str) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return truth, answers and probabilities of a method, over all samples."""
    y, answers = drawn()
    return y, (answers[method] > 0.5).astype(np.int64), answers[method]


def test_the_table_of_methods_holds_the_scores_of_label_sets_at_its_end(
    out: Path,
) -> None:
    methods = table(out, "methods").set_index("method")
    assert methods.columns[-3:].tolist() == [
        *("f1_micro_mean", "f1_samples_mean", "average_precision_macro_mean")
    ]
    y, answers = drawn()
    folds = [np.arange(fold, N, N_FOLDS) for fold in range(N_FOLDS)]
    for name in ("dummy", "text/tfidf/logistic", EARLY):
        told = answers[name] > 0.5
        for average in ("micro", "samples"):
            f1 = partial(metrics.f1_score, average=average, zero_division=0)
            expected = np.mean([f1(y[rows], told[rows]) for rows in folds])
            found = methods.loc[name, f"f1_{average}_mean"]
            assert found == pytest.approx(expected, abs=1e-12)
    assert "balanced_accuracy_mean" not in methods
    assert np.isnan(methods.loc["text/tfidf/svm", "average_precision_macro_mean"])


def test_beside_another_dataset_only_label_sets_have_such_scores(
    tmp_path: Path,
) -> None:
    plan = make_plan()
    plan["datasets"]["scenes"] = {"n_samples": 20, "n_classes": 2}
    plan["methods"]["dummy"]["modalities"]["scenes"] = "none"
    place = {"dataset": "scenes", "method": "dummy", "fold": 0, "seed": 0}
    plan["trials"].append({"key": "ff", **place})
    single = Record(
        key="ff",
        suite="s",
        status="ok",
        scores={"accuracy": 0.5, "f1_macro": 0.4},
        **place,
    )
    with ResultStore(tmp_path).open(plan, {}) as store:
        store.extend([*make_entries(make_plan()), (single, None)])
    make_report(tmp_path)

    methods = table(tmp_path, "methods").set_index("dataset")
    assert methods.loc["films", "f1_micro_mean"].notna().all()
    assert np.isnan(methods.loc["scenes", "f1_micro_mean"])
    text = (tmp_path / "report.md").read_text()
    assert "## scenes: 20 samples, 2 classes" in text
    header = r"| \# | method | modalities | fusion | macro-F1 | accuracy | trials |"
    assert header in text


def test_the_ranked_table_shows_what_is_defined_for_label_sets(text: str) -> None:
    assert (
        r"| \# | method | modalities | fusion | macro-F1 | micro-F1 | samples-F1 | "
        "mAP | subset accuracy | ROC AUC | log loss | fit time | samples/s | trials |"
    ) in text
    assert "balanced accuracy" not in text


def test_the_words_are_those_of_labels(text: str) -> None:
    assert ", 500 samples, 5 labels, several per sample" in text
    assert "- labels: 5, several per sample" in text
    assert "only the label frequencies and names those that most samples" in text
    assert "is multilabel" not in text
    assert "class" not in text.lower().replace("classifier", "")


def test_a_reader_is_warned_of_rare_labels_and_of_samples_without_any(
    text: str,
) -> None:
    y, _ = drawn()
    n_noir, n_none = int(y[:, 2].sum()), int((y.sum(axis=1) == 0).sum())
    assert f"Label 'noir' has {n_noir} samples to test on, fewer than 10" in text
    assert f"{n_none} of 500 samples have no label: F1 averaged over samples" in text


def test_each_labels_numbers_equal_scikit_learns(out: Path) -> None:
    found = table(out, "labels").set_index(["method", "label"])
    for method in METHODS:
        y, told, _ = pooled(method)
        expected = metrics.precision_recall_fscore_support(y, told, zero_division=0)
        here = found.loc[method].loc[LABELS]
        columns = ["precision", "recall", "f1", "n_true"]
        np.testing.assert_allclose(here[columns].T, expected, atol=1e-12)
        assert here["n_predicted"].tolist() == told.sum(axis=0).tolist()
        assert here["n_hits"].tolist() == (told & y).sum(axis=0).tolist()


def test_fusion_is_compared_by_macro_f1_over_the_labels(out: Path) -> None:
    verdicts = table(out, "verdicts").set_index("subject")
    y, told, _ = pooled("text/tfidf/bagging")
    _, base, _ = pooled("text/tfidf/logistic")
    right, base_right = (
        np.array([list(a) == list(b) for a, b in zip(y, p, strict=True)])
        for p in (told, base)
    )
    found = verdicts.loc["text/tfidf/bagging"]
    gap = metrics.f1_score(y, told, average="macro") - metrics.f1_score(
        y, base, average="macro"
    )
    assert found["metric"] == "f1_macro"
    assert found["estimate"] == pytest.approx(gap, abs=0.005)
    assert found["n_better"] == np.sum(right & ~base_right)
    assert found["n_worse"] == np.sum(~right & base_right)
    assert verdicts.loc["fusion", "first"] == EARLY
    # A label that five samples have makes up most of the lead, which proves nothing.
    fusion = verdicts.loc["fusion"]
    assert fusion["estimate"] > 0.05
    assert fusion["conclusion"] == "no significant difference"
    assert fusion["low"] < 0 < fusion["high"]
    assert fusion["p_value"] > 0.05


def test_a_verdict_counts_label_sets(out: Path, text: str) -> None:
    found = table(out, "verdicts").set_index("subject").loc["fusion"]
    n_better, n_worse = found["n_better"], found["n_worse"]
    counted = f"The first method alone gets {n_better} label sets right, "
    assert "No significant difference between fusion and " in text
    assert f"{counted}the second alone {n_worse}." in text


def test_calibration_is_that_of_every_pair_of_sample_and_label(out: Path) -> None:
    found = table(out, "calibration").set_index("method")
    y, _, proba = pooled("text/tfidf/logistic")
    row = found.loc["text/tfidf/logistic"]
    bins = np.clip(np.ceil(proba.ravel() * 15).astype(int) - 1, 0, 14)
    gaps = [
        (bins == i).sum() * abs(np.mean((proba - y).ravel()[bins == i]))
        for i in range(15)
    ]
    assert row["ece"] == pytest.approx(sum(gaps) / y.size, abs=1e-9)
    assert row["brier"] == pytest.approx(np.mean((proba - y) ** 2), abs=1e-12)
    assert row["mean_confidence"] == pytest.approx(proba.mean(), abs=1e-12)
    assert row["accuracy"] == pytest.approx(y.mean(), abs=1e-12)
    assert row["n"] == y.size
    # The labels of the vector machine say nothing of their confidence.
    assert "text/tfidf/svm" not in found.index


def test_the_label_figure_takes_the_place_of_the_confusion_matrix(out: Path) -> None:
    names = {path.stem for path in (out / "figures").glob("*.svg")}
    assert "films-labels" in names
    assert "films-confusion" not in names
    root = ElementTree.parse(out / "figures" / "films-labels.svg").getroot()  # noqa: S314
    written = ["".join(n.itertext()) for n in root.iter() if n.tag.endswith("}text")]
    y, _ = drawn()
    shares = dict(zip(LABELS, 100 * y.mean(axis=0), strict=True))
    in_order = sorted(shares, key=lambda name: -shares[name])
    told = [line.split(" (")[0] for line in written if line.endswith(" %)")]
    assert told == in_order
    assert f"drama ({shares['drama']:.0f} %)" in written
    assert "early" in {line.strip() for line in written}


def test_intervals_of_a_label_hold_its_score(out: Path) -> None:
    y, told, _ = pooled(EARLY)
    store = ResultStore(out)
    plan = store.plan()
    found = read_pooled(TASKS["multilabel"], plan["trials"], [EARLY], store.predictions)
    assert found is not None
    drawing = labels_figure(found, [EARLY])
    expected = metrics.f1_score(y, told, average=None)
    hints = {text.split(" (")[0]: text for text in drawing.hints.values()}
    for label, value in zip(LABELS, expected, strict=True):
        score, interval = hints[label].split("F1 ")[1].split(" (")
        low, high = map(float, interval.rstrip(")").split(" to "))
        assert float(score) == pytest.approx(value, abs=5e-4)
        assert low < value < high


def test_the_same_results_give_the_same_bytes(out: Path, text: str) -> None:
    page = (out / "report.html").read_bytes()
    make_report(out)
    assert (out / "report.html").read_bytes() == page
    assert (out / "report.md").read_text() == text


def test_a_run_compared_with_itself_has_not_changed(out: Path, tmp_path: Path) -> None:
    again = write_run(tmp_path)
    found = compare_runs(out, again, max_drop={"f1_macro": 0.0, "accuracy": 0.0})
    assert {change.outcome for change in found.quality} == {"same"}


def test_predictions_of_other_labels_are_compared_by_fold(
    out: Path, tmp_path: Path
) -> None:
    def widened(_: str, kept: Predictions) -> Predictions:
        # As if a film of a new genre, which nobody predicts, had joined the classes.
        arrays = {
            name: np.insert(kept.arrays[name], 2, 0, axis=1)
            for name in ("y_true", "proba")
        }
        names = np.insert(LABELS, 2, "musical")
        return kept._replace(arrays={**arrays, "classes": names})

    found = compare_runs(out, write_run(tmp_path, widened))
    assert {change.outcome for change in found.quality} == {"same"}
    assert {change.how for change in found.quality} == {
        "by fold, over 5: no sample with the same target is in both"
    }


def test_a_label_that_is_no_longer_found_is_a_regression(
    out: Path, tmp_path: Path
) -> None:
    def forgetful(method: str, kept: Predictions) -> Predictions:
        if method != EARLY:
            return kept
        proba = np.where(LABELS == "romance", 0.0, kept.arrays["proba"])
        return kept._replace(arrays={**kept.arrays, "proba": proba})

    new = write_run(tmp_path, forgetful)
    limits = dict.fromkeys(["f1_macro", "accuracy"], 0.0)
    found = compare_runs(out, new, max_drop=limits)
    worse = {(c.method, c.what): c for c in found.quality if c.outcome == "worse"}
    assert set(worse) == {(EARLY, "f1_macro"), (EARLY, "accuracy")}
    y, told, _ = pooled(EARLY)
    without = told * (LABELS != "romance")
    change = worse[EARLY, "accuracy"]
    assert change.base == pytest.approx(metrics.accuracy_score(y, told))
    assert change.new == pytest.approx(metrics.accuracy_score(y, without))
    change = worse[EARLY, "f1_macro"]
    assert change.new == pytest.approx(
        metrics.f1_score(y, without, average="macro", zero_division=0)
    )
