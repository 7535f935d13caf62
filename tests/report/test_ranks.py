"""Who is ahead over datasets: ranks, and the critical-difference diagram."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import friedmanchisquare

from mmbench.report.figures.ranks import critical_difference_figure
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.ranks import Ranks, ranks_over_datasets
from mmbench.report.tables.methods import MethodRow
from tests.report.rows import make_row, ranked

# Demšar (2006), table 6: the areas under the curve of four variants of C4.5.
NAMES = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")
AREAS = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)


def row(dataset: str, method: str, score: float, n_ok: int = 5) -> MethodRow:
    return make_row(method, {"f1_macro": score}, dataset=dataset, n_ok=n_ok)


def demsar() -> dict[str, Leaderboard]:
    return {
        f"d{i:02d}": ranked(
            row(f"d{i:02d}", *pair) for pair in zip(NAMES, areas, strict=True)
        )
        for i, areas in enumerate(AREAS.tolist())
    }


@pytest.fixture
def ranks() -> Ranks:
    found = ranks_over_datasets(demsar())
    assert found is not None
    return found


def test_ranks_and_critical_difference_are_those_that_were_published(
    ranks: Ranks,
) -> None:
    published = {"C4.5": 3.143, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}

    assert {r.method: round(r.rank, 3) for r in ranks.rows} == published
    assert round(ranks.distance, 2) == 1.25
    assert ranks.test.statistic == pytest.approx(friedmanchisquare(*AREAS.T).statistic)


def test_win_rates_and_improvability_stand_beside_the_ranks(ranks: Ranks) -> None:
    errors = 1 - AREAS[:, [NAMES.index(row.method) for row in ranks.rows]]
    wins = (errors[:, :, None] < errors[:, None]).mean(axis=0)
    ties = (errors[:, :, None] == errors[:, None]).mean(axis=0) - np.eye(4)

    assert ranks.averages is not None
    assert ranks.averages.win_rate.estimate == pytest.approx(
        (wins + ties / 2).sum(axis=1) / 3
    )
    assert (ranks.averages.improvability.low <= ranks.averages[2].estimate).all()


def test_nothing_is_concluded_from_two_datasets() -> None:
    found = ranks_over_datasets(dict([*demsar().items()][:2]))

    assert found is not None
    assert not found.is_conclusive
    assert found.averages is not None
    assert np.isnan(found.averages.win_rate.low).all()


def test_the_best_stands_first_with_all_that_are_within_the_distance(
    ranks: Ranks,
) -> None:
    assert ranks.rows[0].method == "C4.5+m+cf"
    assert [ranks.is_with_the_best(i) for i in range(4)] == [True] * 4
    assert ranks.groups == ((0, 1, 2, 3),)


def test_the_diagram_names_every_method_and_tells_the_distance(ranks: Ranks) -> None:
    drawing = critical_difference_figure(ranks)

    assert drawing is not None
    assert all(name in drawing.svg for name in NAMES)
    assert "CD = 1.25" in drawing.caption
    assert "C4.5+m+cf: average rank 1.96" in drawing.hints.values()


def test_no_rank_is_taken_over_unequal_sets_of_datasets() -> None:
    found = demsar()
    partial = row("d00", "partial", 0.9, n_ok=3)
    first = found["d00"]
    found["d00"] = replace(first, unranked=(partial,))

    ranks = ranks_over_datasets(found)
    assert ranks is not None
    assert "partial" not in {r.method for r in ranks.rows}
    assert ranks.n_left_out == 1


def test_one_dataset_or_two_methods_are_not_ranked() -> None:
    found = demsar()

    assert ranks_over_datasets({"d00": found["d00"]}) is None
    two = {n: replace(s, ranked=s.ranked[:2], unranked=()) for n, s in found.items()}
    assert ranks_over_datasets(two) is None
    assert critical_difference_figure(None) is None
