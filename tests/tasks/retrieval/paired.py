"""Pictures of bright squares, and texts that name these."""

import numpy as np
import pandas as pd

from mmbench.datasets import Samples

WORDS = np.array(["red", "green", "blue", "yellow", "dark", "bright"])


def make_pairs(n=60, key="own", groups=False, captions=1):
    """Return pairs whose words say which of six squares of the picture are bright."""
    rng = np.random.default_rng(0)
    shown = rng.random((n, len(WORDS))) < 0.5
    pictures = [
        np.kron(each.reshape(2, 3) * 150, np.ones((2, 2))).astype(np.uint8)
        + rng.integers(0, 20, (4, 6), dtype=np.uint8)
        for each in shown
    ]
    texts = [" ".join(WORDS[each]) + f" n{i}" for i, each in enumerate(shown)]
    rows = np.repeat(np.arange(n), captions)
    X = pd.DataFrame(
        {
            "text": [f"{texts[i]} {j}" for j, i in enumerate(rows)],
            "image": [pictures[i] for i in rows],
            "size": rng.normal(size=len(rows)),
        },
        index=[f"p{i}" for i in range(len(rows))],
    )
    keys = np.array([f"k{i}" for i in rows]) if key == "own" else _classes(shown[rows])
    return Samples(X, keys, groups=rows // 3 if groups else None)


def _classes(shown):
    return np.array(["few", "some", "many"])[np.digitize(shown.sum(axis=1), [3, 4])]
