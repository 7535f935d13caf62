"""Questions about the rows of the engine's tests, with several answers each."""

import numpy as np
import pandas as pd

from mmbench.tasks.answering.references import answer_target
from tests.engine.conftest import make_samples


def make_asked(n=90, groups=False, questions=2, several=True):
    """Ask of each picture whether it is bright, and what fruit the text is about."""
    samples = make_samples(n // questions, groups)
    rows = np.repeat(np.arange(n // questions), questions)
    number = np.arange(len(rows)) % questions
    bright = np.array([image.mean() > 62 for image in samples.X["image"]])
    answers = np.where(
        number == 0, np.where(bright[rows], "yes", "no"), samples.y[rows].astype(str)
    )
    words = np.array(["is it bright", "which fruit is it", "is it a thing"])
    X = samples.X.iloc[rows].copy()
    X["text"] = [f"{words[k]} {t}" for k, t in zip(number, X["text"], strict=True)]
    X.index = pd.Index([f"q{i}" for i in range(len(rows))])
    other = np.roll(answers, 1)
    pairs = zip(answers.tolist(), other.tolist(), strict=True)
    references = [[a, a, b] if several else [a] for a, b in pairs]
    # An answer that one row alone has.
    references[3] = ["a very odd one"]
    target = answer_target(references)
    of = None if samples.groups is None else samples.groups[rows]
    return samples._replace(X=X, y=target.y, truth=target.truth, groups=of)
