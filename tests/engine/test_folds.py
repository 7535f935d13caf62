"""Folds: stratified, seeded, whole groups, official splits first."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold

from mmbench import engine
from mmbench.datasets import Samples

from .conftest import make_dataset


def folds_of(samples, cv, seed):
    return engine.folds_of(make_dataset(), samples, cv, seed)


def make_samples(n=60, **extra):
    y = np.arange(n) % 3
    return Samples(pd.DataFrame({"text": ["x"] * n}), y, **extra)


@given(seed=st.integers(0, 1000), n_folds=st.integers(2, 6))
def test_every_row_is_tested_once_and_never_trained_on_there(seed, n_folds):
    folds = folds_of(make_samples(), n_folds, seed)
    assert sorted(np.concatenate([f.test for f in folds])) == list(range(60))
    assert all(not set(f.train) & set(f.test) for f in folds)


def test_folds_are_stratified():
    samples = make_samples()
    for fold in folds_of(samples, 5, seed=0):
        assert np.bincount(samples.y[fold.test]).tolist() == [4, 4, 4]


def test_another_seed_draws_other_folds():
    first, second = (folds_of(make_samples(), 5, seed)[0].test for seed in (0, 1))
    assert first.tolist() != second.tolist()


@given(seed=st.integers(0, 1000))
def test_no_group_straddles_a_split(seed):
    groups = np.random.default_rng(seed).integers(12, size=60)
    for fold in folds_of(make_samples(groups=groups), 3, seed):
        assert not set(groups[fold.train]) & set(groups[fold.test])


def test_the_official_split_replaces_the_folds():
    split = np.array(["train"] * 40 + ["test"] * 20)
    (fold,) = folds_of(make_samples(split=split), 5, seed=0)
    assert fold.train.tolist() == list(range(40))
    assert fold.test.tolist() == list(range(40, 60))


def test_a_splitter_is_used_as_it_is():
    folds = folds_of(make_samples(), KFold(4), seed=9)
    assert [f.test[0] for f in folds] == [0, 15, 30, 45]
