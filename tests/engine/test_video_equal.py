"""The engine shares frames between ways of pooling, and answers as plain fits do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mmbench.engine.graph.compositions import expand
from mmbench.feature_extraction import MotionExtractor, PixelsExtractor, VideoExtractor
from mmbench.fusion import branch, early_fusion

from .conftest import make_samples
from .oracle import assert_equal, first_fold, problem_of


@pytest.fixture(scope="module")
def clips():
    """Return samples whose class is where their clips get brighter."""
    samples = make_samples(60)
    rng = np.random.default_rng(0)
    y = np.unique(samples.y, return_inverse=True)[1]
    videos = rng.integers(0, 40, (60, 5, 6, 6), dtype=np.uint8)
    for video, label in zip(videos, y, strict=True):
        video[3:, 2 * label : 2 * label + 2] += 30
    column = pd.Series(list(videos), index=samples.X.index, dtype=object)
    return samples._replace(X=samples.X.assign(clip=column))


def pooled(pool):
    frames = VideoExtractor(PixelsExtractor(size=3), n_frames=4, pool=pool)
    return branch("clip", frames, LogisticRegression())


@pytest.mark.parametrize(
    "method",
    [
        pooled(("mean", "change")),
        branch("clip", MotionExtractor(n_frames=4, size=6), LogisticRegression()),
        early_fusion(
            [
                ("clip", branch("clip", VideoExtractor(PixelsExtractor(size=3)))),
                ("size", branch(["size"], "passthrough")),
            ],
            LogisticRegression(),
        ),
    ],
    ids=["frames", "motion", "fused"],
)
def test_a_method_that_sees_videos_is_answered_as_scikit_learn_does(
    method, clips, tmp_path
):
    assert_equal(method, tmp_path, clips)


def test_ways_to_pool_the_same_frames_share_their_features(clips):
    problem = problem_of(clips, first_fold(clips))

    roots = [expand(pooled(pool), problem) for pool in ("mean", "max")]

    pooling = [root.inputs[0] for root in roots]
    assert pooling[0].key != pooling[1].key
    assert pooling[0].inputs[0].key == pooling[1].inputs[0].key
