"""Combining probabilities is arithmetic that can be done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.stats import gmean

from mmbench.fusion import RULES, align_probabilities, combine

A, B, C = [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.5, 0.1, 0.4]
SHAPES = array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=4)
PROBAS = arrays(float, SHAPES, elements=st.floats(0.01, 1)).map(
    lambda values: values / values.sum(axis=2, keepdims=True)
)


def one(rule, *votes, present=None, **options):
    has_say = None if present is None else np.array(present)[:, None]
    return combine([[vote] for vote in votes], has_say, rule, **options)[0]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("mean", [1.2 / 3, 1.2 / 3, 0.6 / 3]),
        ("product", np.array([0.03, 0.024, 0.004]) / 0.058),
        ("max", np.array([0.6, 0.8, 0.4]) / 1.8),
        ("vote", [2 / 3, 1 / 3, 0]),
        ("weighted", [1.2 / 3, 1.2 / 3, 0.6 / 3]),
    ],
)
def test_each_rule_does_what_its_name_says(rule, expected):
    np.testing.assert_allclose(one(rule, A, B, C), expected, atol=2e-9)


def test_weights_multiply_whatever_their_sum():
    expected = 0.25 * np.array(A) + 0.75 * np.array(B)
    for weights in ([0.25, 0.75], [1, 3]):
        found = one("weighted", A, B, weights=weights)
        np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("rule", RULES)
def test_a_voter_without_a_say_is_as_if_it_were_not_there(rule):
    for noise in ([np.nan] * 3, [1.0, 0.0, 0.0]):
        with_absent = one(rule, A, noise, C, present=[True, False, True])
        np.testing.assert_array_equal(with_absent, one(rule, A, C))


def test_weights_of_absent_voters_go_to_those_present():
    found = one(
        "weighted", A, B, C, present=[True, False, True], weights=[0.1, 0.6, 0.3]
    )
    np.testing.assert_allclose(found, 0.25 * np.array(A) + 0.75 * np.array(C))


def test_voters_of_weight_zero_count_where_nobody_else_is_left():
    found = one("weighted", A, B, present=[True, False], weights=[0, 1])
    np.testing.assert_allclose(found, A)


@pytest.mark.parametrize("rule", RULES)
def test_where_nobody_has_a_say_the_prior_answers(rule):
    found = one(rule, A, B, present=[False, False], prior=[0.5, 0.3, 0.2])
    np.testing.assert_allclose(found, [0.5, 0.3, 0.2])
    without_prior = one(rule, A, B, present=[False, False])
    np.testing.assert_allclose(without_prior, [1 / 3] * 3)


@pytest.mark.parametrize("rule", RULES)
def test_one_voter_alone_is_believed(rule):
    expected = [1, 0, 0] if rule == "vote" else A
    np.testing.assert_allclose(one(rule, A), expected, atol=2e-9)


def test_a_zero_does_not_veto_a_class_in_the_product():
    # The first class: 0.9 * 1e-12; the second: 0.1 * 1.
    found = one("product", [0.9, 0.1], [0.0, 1.0])
    np.testing.assert_allclose(found, [9e-12, 1], rtol=1e-9)
    np.testing.assert_allclose(one("product", [1.0, 0.0], [0.0, 1.0]), [0.5, 0.5])


def test_many_voters_do_not_underflow_the_product():
    proba = np.tile([[[0.4, 0.6]]], (5000, 1, 1))
    assert combine(proba, None, "product")[0].tolist() == [0.0, 1.0]


def test_the_mean_probability_decides_between_equal_shares_of_votes():
    found = one("vote", [0.4, 0.6], [0.9, 0.1])
    assert found.argmax() == 0
    np.testing.assert_allclose(found, [0.5, 0.5], atol=1e-9)


def test_of_a_voters_equal_classes_the_first_gets_its_vote():
    assert one("vote", [0.2, 0.4, 0.4]).argmax() == 1


@given(PROBAS, st.sampled_from(RULES))
def test_probabilities_sum_to_one(probas, rule):
    combined = combine(probas, None, rule)
    assert combined.shape == probas.shape[1:]
    assert np.all(combined >= 0)
    np.testing.assert_allclose(combined.sum(axis=1), 1)


@given(PROBAS, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_the_voters_does_not_matter(probas, rule, random):
    order = random.sample(range(len(probas)), len(probas))
    np.testing.assert_allclose(
        combine(probas[order], None, rule), combine(probas, None, rule), atol=1e-12
    )


@given(PROBAS, st.sampled_from(sorted(set(RULES) - {"vote"})), st.randoms())
def test_reordered_classes_reorder_the_columns(probas, rule, random):
    n_classes = probas.shape[2]
    order = random.sample(range(n_classes), n_classes)
    np.testing.assert_allclose(
        combine(probas[:, :, order], None, rule),
        combine(probas, None, rule)[:, order],
        atol=1e-12,
    )


@given(PROBAS)
def test_the_product_is_the_normalised_geometric_mean_to_the_number_of_voters(probas):
    powers = gmean(probas, axis=0) ** len(probas)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(combine(probas, None, "product"), expected, atol=1e-9)


@given(PROBAS, st.sampled_from(RULES))
def test_voters_who_agree_are_confirmed(probas, rule):
    agreed = np.repeat(probas[:1], 3, axis=0)
    found, expected = combine(agreed, None, rule), probas[0]
    best = np.take_along_axis(expected, found.argmax(axis=1)[:, None], axis=1)
    np.testing.assert_allclose(best[:, 0], expected.max(axis=1))


def test_what_goes_in_is_left_as_it_was():
    probas, present = np.array([[A], [B]]), np.array([[True], [False]])
    combine(probas, present, "max")
    assert probas.tolist() == [[A], [B]]
    assert present.tolist() == [[True], [False]]


def test_an_unknown_rule_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match=r"one of \['max', .*\], got 'avg'"):
        combine([[A]], None, "avg")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"probas": [A]}, r"probas must have shape .* got \(1, 3\)"),
        ({"probas": np.empty((0, 1, 2))}, "none of them zero"),
        ({"present": [True]}, r"present must have shape \(1, 1\), got \(1,\)"),
        ({"weights": [1, 2]}, "weights must be 1 numbers"),
        ({"weights": [-1]}, "none negative"),
    ],
)
def test_shapes_that_do_not_fit_are_errors(options, message):
    with pytest.raises(ValueError, match=message):
        combine(**{"probas": [[A]], "rule": "weighted", **options})


def test_columns_of_a_class_that_a_voter_never_saw_are_zero():
    found = align_probabilities(
        [[0.4, 0.6]], ["b", "d"], np.array(["a", "b", "c", "d"])
    )
    assert found.tolist() == [[0, 0.4, 0, 0.6]]
