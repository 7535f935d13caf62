"""A few videos of bright and dark frames, and people who like bright ones."""

import numpy as np
import pandas as pd

from mmbench.datasets import Dataset, Samples
from mmbench.tasks import get_task


def make_frames(n_videos=12, n_frames=20, n_people=3, seed=0):
    rng = np.random.default_rng(seed)
    n = n_videos * n_frames
    bright = rng.uniform(size=n)
    felt = 4 * bright[:, None] + rng.normal(size=(n, n_people))
    people = np.clip(np.rint(felt), 0, 5)
    video = np.repeat([f"v{i:02d}" for i in range(n_videos)], n_frames)
    noise = rng.integers(0, 60, (n, 4, 4))
    frames = np.uint8(150 * bright)[:, None, None] + noise.astype(np.uint8)
    X = pd.DataFrame(
        {
            "image": pd.Series(list(frames), dtype=object),
            "size": bright + rng.normal(size=n),
            "video": pd.Series(video, dtype=object),
        }
    )
    X.index = [f"f{i}" for i in range(n)]
    return Samples(X, people, groups=video)


def make_dataset(samples=None, name="fruit"):
    found = make_frames() if samples is None else samples
    return Dataset(
        name=name,
        version="1",
        source="",
        licence="",
        modalities={"image": "image", "size": "numeric", "video": "group"},
        load=lambda: found,
        task=get_task("summarisation"),
    )
