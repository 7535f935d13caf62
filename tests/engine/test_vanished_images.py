"""Images that can't be read any more are a failure, and nothing of it is kept."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from mmbench import read_table
from mmbench.engine import make_plan, run
from mmbench.engine.cache.upkeep import entries
from mmbench.feature_extraction import PixelsExtractor
from mmbench.fusion import branch
from mmbench.suite import Suite


@pytest.fixture
def suite(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(12):
        shade = np.full((8, 8), 40 + 150 * (i % 2), np.uint8)
        Image.fromarray(shade).save(folder / f"{i}.png")
    (folder / "11.png").write_bytes(b"damaged from the start")
    table = {"image": [f"images/{i}.png" for i in range(12)], "y": list("ab") * 6}
    pd.DataFrame(table).to_csv(tmp_path / "t.csv", index=False)
    data = read_table(tmp_path / "t.csv", target="y", image=["image"])
    model = make_pipeline(SimpleImputer(), LogisticRegression())
    method = branch("image", PixelsExtractor(size=4), model)
    return Suite(name="s", datasets=[data], methods={"pixels": method}, cv=2)


def hidden(tmp_path):
    (tmp_path / "images").rename(tmp_path / "away")


def one_deleted(tmp_path):
    (tmp_path / "images" / "3.png").unlink()


def one_torn(tmp_path):
    path = tmp_path / "images" / "3.png"
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("vanish", [hidden, one_deleted, one_torn])
def test_images_that_were_there_on_loading_are_not_missing(suite, tmp_path, vanish):
    how = {"debug": True, "throughput": False, "probes": False}
    plan = make_plan(suite)
    kept = (tmp_path / "images" / "3.png").read_bytes()
    vanish(tmp_path)
    cache = tmp_path / "cache"
    for record in run(plan, tmp_path / "out", cache=cache, **how):
        assert record.status == "failed"
        assert r".png': " in record.reason
    assert list(entries(cache)) == []

    if vanish is hidden:
        (tmp_path / "away").rename(tmp_path / "images")
    (tmp_path / "images" / "3.png").write_bytes(kept)
    for record in run(make_plan(suite), tmp_path / "out", cache=cache, **how):
        # All but the one that was damaged from the start, which is a row of NaN.
        assert (record.status, record.scores["accuracy"] >= 5 / 6) == ("ok", True)
