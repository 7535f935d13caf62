"""Texts of two topics, which word vectors must keep apart."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def topics():
    """Return texts about animals and about vehicles, in which topics never mix."""
    rng = np.random.default_rng(0)
    animals = ["cat", "dog", "horse", "fur", "tail", "food", "bark", "meow"]
    vehicles = ["car", "truck", "lorry", "road", "wheel", "fuel", "engine", "brake"]
    return [
        " ".join(rng.choice(topic, size=5, replace=False))
        for topic in [animals, vehicles] * 150
    ]


@pytest.fixture
def cosine():
    """Return a function: the cosine between the vectors of two words."""

    def between(vectorizer, one, other):
        a, b = vectorizer.transform([one, other])
        return a @ b / np.sqrt((a @ a) * (b @ b))

    return between
