"""Rankings of a run as TREC's tools read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytrec_eval
from click.testing import CliRunner

from mmbench.cli import main
from mmbench.datasets import Dataset, Samples
from mmbench.results import ResultStore
from mmbench.suite import Suite
from tests.tasks.retrieval.paired import make_pairs
from tests.tasks.retrieval.test_runs import MEMBERS

NAMES = {"success_1": "hit_at_1", "recip_rank": "mrr", "map": "map"}


def load() -> Samples:
    return make_pairs(20, captions=3)


@pytest.fixture
def written(go: Any, tmp_path: Path) -> dict[str, Any]:
    dataset = Dataset(
        name="my pairs",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"text": "text", "image": "image"},
        load=load,
        task="retrieval",  # type: ignore[arg-type]
    )
    methods = {"by cca": MEMBERS["cca"]}
    go(Suite(name="s", datasets=[dataset], methods=methods, cv=2))
    command = ["export-run", str(tmp_path / "out"), "--method", "by cca"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    return {path.name: path for path in (tmp_path / "out/trec").iterdir()}


def test_trec_eval_finds_the_scores_of_the_run(
    written: dict[str, Path], tmp_path: Path
) -> None:
    records = ResultStore(tmp_path / "out").records().values()
    assert len(written) == 4
    for way, n_queries in (("text_to_image", 60), ("image_to_text", 20)):
        with written[f"my%20pairs.{way}.qrels"].open() as file:
            judged = pytrec_eval.parse_qrel(file)
        with written[f"my%20pairs.{way}.run"].open() as file:
            run = pytrec_eval.parse_run(file)
        found = pytrec_eval.RelevanceEvaluator(judged, {"success", *NAMES}).evaluate(
            run
        )
        assert len(found) == n_queries
        for theirs, ours in NAMES.items():
            mean = np.mean([each[theirs] for each in found.values()])
            folds = [record.scores[f"{way}_{ours}"] for record in records]
            assert np.mean(folds) == pytest.approx(mean)


def test_items_are_called_by_their_samples(written: dict[str, Path]) -> None:
    line = written["my%20pairs.image_to_text.qrels"].read_text().splitlines()[0]
    query, _, item, relevant = line.split()
    assert query.partition(":")[0] == "seed0"
    assert query.partition(":")[2] in load().X.index
    assert item in load().X.index
    assert relevant == "1"
