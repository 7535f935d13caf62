"""What several people answered: read, kept together, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from mmbench.checks.catalogue import UNTRAINED_ANSWERS
from mmbench.datasets import read_table
from mmbench.engine import folds_of
from mmbench.errors import DataError, UsageError
from mmbench.tasks import Options, Target, get_task
from mmbench.tasks.answering.data import TRUTH
from mmbench.tasks.answering.references import reference_rows
from tests.engine.conftest import make_dataset
from tests.tasks.answering.asked import make_asked

pytestmark = pytest.mark.answering

DATA = get_task("answering").data
ROWS = [
    {"q": "is it red?", "on": "a", "said": ["yes", "yes", "no"]},
    {"q": "what is it?", "on": "a", "said": ["cat", "kitten", "kitten"]},
    {"q": "is it red?", "on": "b", "said": "no"},
    {"q": "how many?", "on": "b", "said": [{"answer": "2", "answer_id": 1}]},
    {"q": "is it old?", "on": "c", "said": [1, "yes"]},
]


def write(folder, rows=ROWS):
    path = folder / "asked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read(path, **how):
    return read_table(path, target="said", text=["q"], task="answering", **how)


def test_cells_hold_one_answer_or_several_and_the_commonest_is_fitted(tmp_path):
    samples = read(write(tmp_path)).load()
    assert samples.y.tolist() == ["yes", "kitten", "no", "2", "1"]
    assert reference_rows(samples.truth) == [
        ["yes", "yes", "no"],
        ["cat", "kitten", "kitten"],
        ["no"],
        ["2"],
        ["1", "yes"],
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([], "row 1, column 'said': holds no answer"),
        (["yes", ""], "holds an empty answer among its answers"),
        ([["yes"]], "holds a list among its answers"),
        (["x" * 201], "an answer has at most 200 characters"),
        ("['yes', 'no']", "is a list that was written as text"),
    ],
)
def test_cells_that_hold_no_answers_are_named(said, message, tmp_path):
    rows = [{**ROWS[0], "said": said}, *ROWS[1:]]
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, rows))


def test_one_answer_throughout_and_too_few_to_choose_among_are_refused(tmp_path):
    rows = [{**row, "said": ["yes", "no", "yes"]} for row in ROWS]
    with pytest.raises(DataError, match="the answer to all questions is 'yes'"):
        read(write(tmp_path, rows))
    with pytest.raises(UsageError, match="n_answers must be at least 2, got 1"):
        Options(n_answers=1)


def test_answers_that_training_never_saw_stay_and_are_told(tmp_path):
    parts = ["train", "train", "train", "test", "test"]
    rows = [{**r, "part": p} for r, p in zip(ROWS, parts, strict=True)]
    found = read(write(tmp_path, rows), split="part")
    assert len(found.load().y) == 5
    (told,) = [n for n in found.notices if n.check is UNTRAINED_ANSWERS]
    assert "2 of 2 test rows have an answer that no training row has" in told


def test_questions_about_a_picture_stay_together():
    dataset, samples = make_dataset(task="answering"), make_asked(60, questions=3)
    pictures = dataset.target(samples).truth[:, TRUTH["picture"]]
    assert len(np.unique(pictures)) == 20
    for fold in folds_of(dataset, samples, 3, seed=0):
        assert not set(pictures[fold.train]) & set(pictures[fold.test])
    units = DATA.units(dataset.target(samples), np.arange(60))
    assert units.tolist() == np.repeat(np.arange(0, 60, 3), 3).tolist()


def test_classes_are_the_commonest_answers_of_training_rows_alone():
    y = np.array(["a", "a", "b", "b", "c", "d", "d", "d"])
    target = DATA.completed(Target(y, {"n_answers": 2}))
    train = np.arange(5)
    # d is the commonest of all, but not trained; a and b are.
    assert DATA.fitted_rows(target, train).tolist() == [0, 1, 2, 3]
    assert DATA.chosen_among(target.take(np.array([4, 2, 5]))) == ["b", "c"]


def test_types_are_first_words_and_kinds_of_answers():
    X = pd.DataFrame({"q": ["What is it?", None, "How many dogs?"]})
    target = DATA.completed(Target(np.array(["cat", "yes", "two"])))
    assert DATA.slices(target, X, {"q": "text"}) == {
        "answer_type": ["other", "yes/no", "number"],
        "question_type": ["what is", None, "how many"],
    }
