"""The engine answers as plain fit and predict do, and shuffled targets say nothing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import StackingRegressor
from sklearn.linear_model import LinearRegression, Ridge

from mmbench import export_model, load_model
from mmbench.engine import make_plan, run
from mmbench.errors import DataError
from mmbench.feature_extraction import PixelsExtractor
from mmbench.fusion import (
    FRAME_RULES,
    KeyFrameRegressor,
    LateFusionRegressor,
    branch,
    early_fusion,
)
from mmbench.report.make import report_of
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.suites import build_suite
from mmbench.tasks.summarisation.estimators import RandomRegressor
from tests.engine.oracle import by_engine, by_scikit_learn
from tests.tasks.summarisation.frames import make_dataset, make_frames

pytestmark = pytest.mark.summarisation

FRAMES = branch("image", PixelsExtractor(size=4))
IMAGE = branch("image", PixelsExtractor(size=4), Ridge())
SIZE = branch(["size"], LinearRegression())
METHODS = {
    "random": RandomRegressor(),
    **{rule: KeyFrameRegressor(FRAMES, "video", rule) for rule in FRAME_RULES},
    "ridge": IMAGE,
    "early": early_fusion(
        [("image", FRAMES), ("size", branch(["size"], "passthrough"))], Ridge()
    ),
    "late": LateFusionRegressor([("a", IMAGE), ("b", SIZE)], rule="weighted", cv=3),
    "stacked": StackingRegressor([("a", IMAGE), ("b", SIZE)], cv=3),
    "with key frames": LateFusionRegressor(
        [("a", IMAGE), ("b", KeyFrameRegressor(FRAMES, "video", "diverse"))]
    ),
}


@pytest.fixture(scope="module")
def samples():
    made = make_frames()
    target = make_dataset(made).target(made)
    return made._replace(y=target.y, truth=target.truth, schema=target.schema)


@pytest.mark.parametrize("name", METHODS)
def test_any_method_answers_as_scikit_learn_does(name, samples, tmp_path):
    result = by_engine(METHODS[name], tmp_path, samples, "summarisation")
    assert result.status == "ok", result.traceback
    model, X_test = by_scikit_learn(METHODS[name], samples, "summarisation")
    np.testing.assert_allclose(
        result.value["number"], model.predict(X_test), rtol=0, atol=1e-9
    )


def suite_of(dataset, **methods):
    return Suite(name="frames", datasets=[dataset], methods=methods, cv=3)


def scores_after(suite, folder):
    plan = make_plan(suite)
    how = {"throughput": False, "probes": False, "retrain": "none", "jobs": 1}
    list(run(plan, folder / "out", cache=folder / "cache", **how))
    records = ResultStore(folder / "out").records().values()
    assert {record.status for record in records} == {"ok"}
    return {
        name: np.mean([r.scores["kendall_tau"] for r in records if r.method == name])
        for name in suite.methods
    }


@pytest.mark.slow
def test_bright_frames_are_found_and_the_report_says_how_far_people_agree(tmp_path):
    found = scores_after(
        suite_of(make_dataset(), random=RandomRegressor(), ridge=IMAGE), tmp_path
    )

    assert found["ridge"] > 0.4
    assert abs(found["random"]) < 0.15
    out = tmp_path / "out"
    report_of(out)
    text = (out / "report.md").read_text()
    assert "A person agrees with each of the others to Kendall's tau" in text
    assert "Key frames (4 videos)" in (out / "report.html").read_text()
    assert (out / "tables" / "people.csv").exists()


@pytest.mark.slow
def test_shuffled_importance_scores_at_chance(tmp_path):
    samples = make_frames(24)
    order = np.random.default_rng(1).permutation(len(samples.y))
    shuffled = samples._replace(y=samples.y[order])

    found = scores_after(suite_of(make_dataset(shuffled), ridge=IMAGE), tmp_path)

    assert abs(found["ridge"]) < 0.1


def test_the_suite_has_rules_regressors_and_fusions_and_needs_videos():
    names = build_suite("summarisation").methods
    assert {"uniform", "random", "frame/glyph_cnn/k-means"} <= set(names)
    assert "frame+numeric/glyph_cnn+numeric/late-mean/ridge" in names


def test_an_exported_rule_asks_for_the_videos_of_new_rows(tmp_path):
    method = KeyFrameRegressor(branch(["size"], "passthrough"), "video", "novelty")
    suite = Suite(name="s", datasets=[make_dataset()], methods={"m": method}, cv=2)
    how = {"throughput": False, "probes": False, "retrain": "none", "debug": True}
    list(run(suite, tmp_path / "out", cache=tmp_path / "cache", **how))
    model = load_model(
        export_model(tmp_path / "out", tmp_path / "model", suite, method="m")
    )
    X = pd.DataFrame({"size": [1.0, 1.0, 9.0, 5.0], "video": list("aaab")})

    # The only frame of a video is as good as any.
    assert model.predict(X)["number"].tolist()[2:] == [1.0, 0.5]
    with pytest.raises(DataError, match=r"needs the column 'video' \(group\)"):
        model.predict(X[["size"]])
    with pytest.raises(ValueError, match=r"name of its video, but 4 have none"):
        model.predict(X.assign(video=None))
