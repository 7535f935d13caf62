"""What many tasks need travels once, by the digest of its content."""

import hashlib
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mmbench.engine.execution.foreign import load
from mmbench.engine.execution.parts import MappedPart, Parts, load_part
from mmbench.engine.execution.worker import Job, cut
from mmbench.engine.graph.expansion import source
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.predicting import Predict
from mmbench.engine.graph.values import Rows
from mmbench.tasks import Prediction


@pytest.fixture
def parts(tmp_path):
    return Parts(tmp_path)


def job_of(n_rows, given=()):
    rows = Rows(np.arange(n_rows), np.arange(n_rows, 2 * n_rows))
    node = Node(Predict(LogisticRegression()), (source("d"),), rows, "d")
    return Job(node=cut(node), given=dict(given))


def test_a_job_of_a_million_rows_is_as_small_as_one_of_a_thousand(parts):
    small, large = (parts.pickled(job_of(n))[0] for n in (1_000, 1_000_000))
    assert len(large) < len(small) + 100 < 5_000


def test_a_worker_gets_the_same_rows(parts):
    job = job_of(1_000)
    pickled, names = parts.pickled(job)
    found, _ = load(pickled, parts.folder)
    assert len(names) == 2
    np.testing.assert_array_equal(found.node.rows.train, job.node.rows.train)
    assert Rows(found.node.rows.train, found.node.rows.apply).digest == (
        job.node.rows.digest
    )


def test_predictions_that_travel_with_a_job_stay_in_it(parts):
    given = Prediction({"proba": np.zeros((1_000, 2))})
    job = job_of(3, {"k": given})
    pickled, names = parts.pickled(job, job.given.values())
    assert not names
    assert len(pickled) > given.arrays["proba"].nbytes


def test_a_part_is_called_by_the_checksum_of_its_file(parts):
    name = parts.add(np.arange(10))
    assert name == hashlib.sha256((parts.folder / name).read_bytes()).hexdigest()


def test_a_table_comes_back_with_its_types_and_missing_cells(parts):
    table = pd.DataFrame(
        {
            "text": ["a", None, "ü" * 3000],
            "number": [1.5, np.nan, -0.0],
            "any": [b"x", None, np.eye(2)],
        },
        index=["r1", "r2", "r3"],
    )
    stand_in = MappedPart(parts.folder / parts.add(table))
    found, _ = load(pickle.dumps(stand_in))
    pd.testing.assert_frame_equal(found, table)
    assert found["any"].iloc[1] is None


def test_who_writes_to_a_mapped_array_changes_a_copy(parts):
    path = parts.folder / parts.add(np.zeros(1_000))
    load_part(path)[:] = 1
    assert not load_part(path).any()
