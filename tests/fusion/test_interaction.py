"""Interaction fusion: bilinear in its branches, and the same by engine and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from mmbench.fusion import (
    InteractionFeatures,
    branch,
    describe,
    early_fusion,
    interaction_fusion,
    row_products,
)

NUMBERS = st.integers(-3, 3).map(float)


@st.composite
def pairs(draw):
    n = draw(st.integers(1, 5))
    sizes = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    return [draw(arrays.arrays(float, (n, size), elements=NUMBERS)) for size in sizes]


@given(pairs())
def test_products_are_those_of_the_kronecker_product_of_each_row(pair):
    left, right = pair
    expected = [np.r_[a, b, np.kron(a, b)] for a, b in zip(left, right, strict=True)]
    dense = row_products(left, right)
    np.testing.assert_array_equal(dense.toarray(), expected)
    mixed = row_products(sparse.csr_matrix(left), right)
    np.testing.assert_array_equal(mixed.toarray(), expected)


ASKED = pd.DataFrame(
    {
        "question": ["red?", "blue?"] * 40,
        "seen": np.repeat(["red", "red", "blue", "blue"], 20),
    }
)
ANSWER = np.where(ASKED["question"].str.rstrip("?") == ASKED["seen"], "yes", "no")


def branches():
    return [(c, branch([c], OneHotEncoder(handle_unknown="ignore"))) for c in ASKED]


def test_it_learns_what_neither_branch_nor_their_sum_can_tell():
    early = early_fusion(branches(), LogisticRegression())
    both = interaction_fusion(branches(), LogisticRegression())
    assert early.fit(ASKED, ANSWER).score(ASKED, ANSWER) <= 0.5
    assert both.fit(ASKED, ANSWER).score(ASKED, ANSWER) == 1.0


def test_a_question_that_was_never_seen_leaves_the_other_branch_to_answer():
    both = interaction_fusion(branches(), LogisticRegression())
    both.fit(ASKED, np.where(ASKED["seen"] == "red", "warm", "cold"))
    new = pd.DataFrame({"question": ["green?"], "seen": ["red"]})
    assert both.predict(new).tolist() == ["warm"]


@pytest.mark.parametrize("n", [1, 3])
def test_other_than_two_branches_are_refused(n):
    several = (branches() * 2)[:n]
    with pytest.raises(ValueError, match=rf"must hold two .*, got {n}\."):
        interaction_fusion(several, LogisticRegression())
    with pytest.raises(ValueError, match=rf"must hold two .*, got {n}\."):
        InteractionFeatures(several).fit(ASKED)


def test_it_is_described_as_interaction():
    both = interaction_fusion(branches(), LogisticRegression())
    said = describe(both, {"question": "text", "seen": "image"})
    assert (said.fusion, said.modalities) == ("interaction", "text+image")
    assert said.classifier == "LogisticRegression"
