"""Shapley values by hand, and what makes them fair."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.stats import permutation_importance, shapley_values

NAMES = ("audio", "image", "text")
SUBSETS = [frozenset(s) for size in range(4) for s in combinations(NAMES, size)]
GAMES = st.lists(st.floats(0, 1), min_size=8, max_size=8).map(
    lambda values: dict(zip(SUBSETS, values, strict=True))
)


def test_the_glove_game_is_parted_as_in_the_textbook() -> None:
    # One left glove, two right ones; a pair is worth one: 2/3, 1/6, 1/6.
    scores = {s: float("audio" in s and len(s) > 1) for s in SUBSETS}
    found = shapley_values(scores)
    assert found == pytest.approx({"audio": 2 / 3, "image": 1 / 6, "text": 1 / 6})


@given(GAMES)
def test_shares_add_up_to_what_all_are_worth(
    scores: dict[frozenset[str], float],
) -> None:
    total = scores[frozenset(NAMES)] - scores[frozenset()]
    assert sum(shapley_values(scores).values()) == pytest.approx(total, abs=1e-12)


@given(GAMES)
def test_a_modality_that_adds_nothing_gets_nothing(
    scores: dict[frozenset[str], float],
) -> None:
    blind = {s: scores[s - {"image"}] for s in scores}
    assert shapley_values(blind)["image"] == pytest.approx(0, abs=1e-12)


def test_a_missing_subset_is_named() -> None:
    scores = {frozenset(): 0.1, frozenset({"text", "image"}): 0.9}
    with pytest.raises(ValueError, match=r"but \['image'\] is missing"):
        shapley_values(scores)


def test_importance_is_the_mean_loss_over_shuffles() -> None:
    found = permutation_importance(0.8, [0.6, 0.5, 0.7])
    assert found.estimate == pytest.approx(0.2)
    assert found.share == pytest.approx(0.25)
    assert (found.low, found.high) == pytest.approx(
        tuple(np.quantile([0.1, 0.2, 0.3], [0.025, 0.975]))
    )
