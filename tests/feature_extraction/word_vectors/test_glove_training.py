"""The loss of GloVe and its descent."""

import numpy as np
import pytest
from scipy import optimize, sparse

from mmbench.feature_extraction.word_vectors.glove_training import (
    Factors,
    cut_into_blocks,
    initial_factors,
    loss_and_gradients,
    minimize,
)

X_MAX, ALPHA = 2.0, 0.75


@pytest.fixture
def counts():
    half = np.random.default_rng(0).random((12, 12))
    half[half < 0.7] = 0
    return sparse.csr_array((half + half.T) * 5)


def random_factors(n_words, size=3, dtype=np.float64):
    rng = np.random.default_rng(1)
    shapes = [(n_words, size)] * 2 + [(n_words,)] * 2
    return Factors(*(rng.normal(size=shape).astype(dtype) for shape in shapes))


def loss_cell_by_cell(factors, counts):
    """Sum up equation 8 of the paper, with the weights of equation 9."""
    loss = 0.0
    for (i, j), x in np.ndenumerate(counts.toarray()):
        if x > 0:
            weight = (x / X_MAX) ** ALPHA if x < X_MAX else 1.0
            error = (
                factors.words[i] @ factors.contexts[j]
                + factors.word_biases[i]
                + factors.context_biases[j]
                - np.log(x)
            )
            loss += weight * error**2
    return loss


def test_blocks_hold_every_cell_once(counts):
    rebuilt = np.zeros(counts.shape)
    for block in cut_into_blocks(counts, 10, X_MAX, ALPHA):
        view = rebuilt[block.words, block.contexts]
        np.add.at(view, (block.rows, block.columns), np.exp(block.log_counts))
    np.testing.assert_allclose(rebuilt, counts.toarray(), rtol=1e-6)


def test_block_size_sets_the_number_of_blocks(counts):
    assert len(list(cut_into_blocks(counts, counts.nnz, X_MAX, ALPHA))) == 1
    assert len(list(cut_into_blocks(counts, 10, X_MAX, ALPHA))) > 4


def test_the_loss_is_that_of_the_paper(counts):
    factors = random_factors(12)
    loss = sum(
        loss_and_gradients(factors.part(block), block)[0]
        for block in cut_into_blocks(counts, 10, X_MAX, ALPHA)
    )
    assert loss == pytest.approx(loss_cell_by_cell(factors, counts), rel=1e-5)


def test_the_gradients_are_the_slopes_of_the_loss(counts):
    factors = random_factors(12)
    (block,) = cut_into_blocks(counts, counts.nnz, X_MAX, ALPHA)
    gradients = loss_and_gradients(factors, block)[1]
    for i, (values, gradient) in enumerate(zip(factors, gradients, strict=True)):

        def loss_at(flat, i=i, shape=values.shape):
            moved = factors._replace(**{Factors._fields[i]: flat.reshape(shape)})
            return loss_cell_by_cell(moved, counts)

        slopes = optimize.approx_fprime(values.ravel(), loss_at)
        np.testing.assert_allclose(gradient.ravel(), slopes, rtol=1e-4, atol=1e-4)


def test_one_step_is_that_of_adagrad(counts):
    (block,) = cut_into_blocks(counts, counts.nnz, X_MAX, ALPHA)
    start = random_factors(12, dtype=np.float32)
    gradients = loss_and_gradients(start, block)[1]
    moved = Factors(*(values.copy() for values in start))
    minimize(moved, [block], 1, 0.1, np.random.default_rng(0))
    # The first sum of squares is the squared gradient, so the step is its sign.
    for before, after, gradient in zip(start, moved, gradients, strict=True):
        np.testing.assert_allclose(
            after, before - 0.1 * np.sign(gradient), rtol=1e-4, atol=1e-6
        )


def test_the_loss_falls_close_to_zero_where_the_counts_can_be_fitted(counts):
    rng = np.random.default_rng(0)
    factors = initial_factors(12, 12, rng)
    blocks = list(cut_into_blocks(counts, 20, X_MAX, ALPHA))
    history = minimize(factors, blocks, 200, 0.1, rng)
    assert len(history) == 200
    assert history[-1] < 0.01 * history[0]
    assert loss_cell_by_cell(factors, counts) < 0.01 * history[0]


def test_a_word_without_a_neighbour_keeps_its_start():
    counts = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float))
    rng = np.random.default_rng(0)
    factors = initial_factors(3, 2, rng)
    before = factors.words[2].copy()
    minimize(factors, list(cut_into_blocks(counts, 9, 1.0, 1.0)), 3, 0.1, rng)
    np.testing.assert_array_equal(factors.words[2], before)
    assert np.isfinite(factors.words).all()
