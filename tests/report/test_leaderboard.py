import math
from typing import Any

import pytest

from mmbench.report.judging.leaderboard import leaderboard
from mmbench.report.tables.methods import MethodRow
from mmbench.report.text.summary import dataset_sentences, trials_sentence
from mmbench.tasks import TASKS, Metric
from tests.report.rows import make_row, ranked

FUSED = {"modalities": "text+image", "fusion": "early"}


def row(
    method: str, f1_macro: float, accuracy: float = 0.5, **changes: Any
) -> MethodRow:
    return make_row(method, {"f1_macro": f1_macro, "accuracy": accuracy}, **changes)


def ranks(*rows: MethodRow) -> list[tuple[int, str]]:
    return [(rank, row.method) for rank, row in ranked(rows).ranked]


def told(*rows: MethodRow) -> list[str]:
    return ["".join(sentence) for sentence in dataset_sentences(ranked(rows))]


def test_methods_are_ranked_by_macro_f1() -> None:
    assert ranks(row("b", 0.5, 0.9), row("a", 0.7, 0.1)) == [(1, "a"), (2, "b")]


def test_equal_scores_share_a_rank_and_are_ordered_by_accuracy_then_name() -> None:
    rows = [row("c", 0.7, 0.8), row("b", 0.7, 0.8), row("a", 0.7, 0.6), row("d", 0.1)]

    assert ranks(*rows) == [(1, "b"), (1, "c"), (1, "a"), (4, "d")]


def test_a_method_with_trials_missing_is_not_ranked_however_good() -> None:
    found = ranked(
        [row("good", 0.9, n_ok=4), row("whole", 0.5), row("bad", 0.1, n_ok=0)]
    )

    assert [r.method for r in found.rows] == ["whole"]
    assert [r.method for r in found.unranked] == ["bad", "good"]


def test_without_macro_f1_accuracy_ranks() -> None:
    found = ranked([row("a", math.nan, 0.4), row("b", math.nan, 0.6)])

    assert found.leading.label == "accuracy"
    assert [r.method for r in found.rows] == ["b", "a"]


def test_where_only_log_loss_is_known_the_smaller_is_the_better() -> None:
    rows = [make_row(name, {"log_loss": v}) for name, v in [("a", 2), ("b", 1)]]

    assert ranks(*rows) == [(1, "b"), (2, "a")]


def test_a_metric_that_the_plan_names_ranks_whatever_it_is() -> None:
    rows = [
        make_row("a", {"f1_macro": 0.9, "precision_macro": 0.2}),
        make_row("b", {"f1_macro": 0.1, "precision_macro": 0.4}),
    ]

    found = ranked(rows, ranked_by="precision_macro")

    assert [r.method for r in found.rows] == ["b", "a"]
    assert found.scores[0].label == "macro-precision"


def test_a_run_scored_by_one_metric_alone_is_ranked_by_it() -> None:
    task = TASKS["classification"]
    precision = task.metrics_by_name["precision_macro"]
    rows = [make_row(name, {"precision_macro": v}) for name, v in [("a", 1), ("b", 2)]]

    found = leaderboard(rows, task, [precision])

    assert [r.method for r in found.rows] == ["b", "a"]
    assert [column.label for column in found.scores] == ["macro-precision"]


def test_a_metric_of_the_users_own_is_a_column_behind_the_others() -> None:
    task = TASKS["classification"]
    own = Metric(name="mine", label="mine", description="", compute=lambda *_: 0.0)
    rows = [make_row("a", {"f1_macro": 0.5, "mine": 2.0})]

    found = leaderboard(rows, task, [own, task.metrics_by_name["f1_macro"]])

    assert [column.label for column in found.scores] == ["macro-F1", "mine"]


def test_the_summary_puts_a_fusion_beside_the_best_single_modality_and_the_dummy() -> (
    None
):
    rows = [
        row("fused", 0.8, 0.9, stds={"f1_macro": 0.01}, **FUSED),
        row("words", 0.6, 0.7),
        row("dummy", 0.1, 0.3),
    ]

    assert told(*rows) == [
        "The best method is fused with macro-F1 0.800\xa0±\xa00.010 (accuracy 0.900).",
        (
            "The best single-modality method (text) is words with macro-F1 "
            "0.600 (accuracy 0.700), 0.200 less."
        ),
        (
            "The dummy, which knows only the class frequencies, reaches "
            "macro-F1 0.100 (accuracy 0.300)."
        ),
    ]


def test_the_summary_says_when_no_fusion_is_best() -> None:
    _, second = told(row("words", 0.8), row("fused", 0.7998, **FUSED))

    assert second == (
        "It sees text only; the best fusion is fused "
        "with macro-F1 0.800 (accuracy 0.500), equal to three digits."
    )


def test_the_summary_says_how_many_methods_the_dummy_beats() -> None:
    *_, last = told(row("a", 0.5), row("b", 0.1), row("c", 0.1), row("dummy", 0.1))

    assert last.endswith("; 2 methods are no better.")


def test_a_dummy_that_ranks_first_is_not_called_the_best() -> None:
    first, *_ = told(row("words", 0.1), row("dummy", 0.2))

    assert first.startswith("The best method is words")


def test_the_summary_says_when_nothing_can_be_ranked() -> None:
    assert told(row("a", 0.5, n_ok=3)) == [
        "No method has all its trials ok, so none is ranked."
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"ok": 3}, "All 3 trials are ok, in 90.0 ms of computing."),
        (
            {"ok": 1, "failed": 2, "skipped": 1, "not_run": 1},
            (
                "1 of 5 planned trials are ok, in 90.0 ms of computing; 2 failed, 1 "
                "skipped, 1 not run yet (the same command finishes them)."
            ),
        ),
    ],
)
def test_the_summary_counts_the_trials(counts: dict[str, int], expected: str) -> None:
    every = dict.fromkeys(["ok", "failed", "timed_out", "skipped", "not_run"], 0)

    assert "".join(trials_sentence(every | counts, seconds=0.09)) == expected
