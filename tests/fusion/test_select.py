"""Branches pick their columns and go on like any pipeline."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from mmbench.fusion import SelectColumns, append_step, branch

X = pd.DataFrame({"text": ["red", "sky"], "width": [1.0, 2.0], "height": [3.0, 4.0]})


def names(pipeline):
    return [name for name, _ in pipeline.steps]


def test_a_name_picks_a_series():
    pd.testing.assert_series_equal(SelectColumns("text").transform(X), X["text"])


def test_a_list_picks_a_frame_in_its_own_order():
    picked = SelectColumns(["height", "width"]).transform(X)
    assert picked.to_numpy().tolist() == [[3.0, 1.0], [4.0, 2.0]]


def test_the_picked_column_keeps_the_ids_of_the_samples():
    with_ids = X.set_index(pd.Index(["a", "b"]))
    assert SelectColumns("text").fit_transform(with_ids).index.tolist() == ["a", "b"]


def test_other_columns_may_come_and_go():
    select = SelectColumns(["width"]).fit(X)
    assert select.transform(X[["width"]]).shape == (2, 1)


def test_positions_pick_from_an_array_and_a_sparse_matrix():
    array = np.array([[1, 2], [3, 4]])
    assert SelectColumns([1]).transform(array).tolist() == [[2], [4]]
    assert SelectColumns([1]).transform(sparse.csr_array(array)).toarray()[1, 0] == 4


@pytest.mark.parametrize("method", ["fit", "transform"])
def test_a_column_that_is_not_there_is_named_with_those_that_are(method):
    message = r"\['hight'\] are not\. X has \['text', 'width', 'height'\]"
    with pytest.raises(ValueError, match=message):
        getattr(SelectColumns(["width", "hight"]), method)(X)


def test_names_need_a_frame():
    with pytest.raises(TypeError, match=r"X must be a DataFrame .* got ndarray"):
        SelectColumns("text").fit(X.to_numpy())


def test_names_of_the_output_are_those_of_the_columns():
    select = SelectColumns(["width", "height"])
    assert select.get_feature_names_out().tolist() == ["width", "height"]
    assert SelectColumns("text").get_feature_names_out().tolist() == ["text"]


def test_the_output_container_can_not_be_changed():
    assert not hasattr(SelectColumns("text"), "set_output")


def test_a_branch_is_a_pipeline_that_starts_with_its_columns():
    made = branch("text", "passthrough", DecisionTreeClassifier())
    assert names(made) == ["selectcolumns", "passthrough", "decisiontreeclassifier"]
    assert made[0].columns == "text"


@pytest.mark.parametrize(
    "steps", [[], [StandardScaler()], [StandardScaler(), PCA(), StandardScaler()]]
)
def test_appending_a_step_equals_making_the_branch_with_it(steps):
    appended = append_step(branch(["width"], *steps), StandardScaler())
    assert names(appended) == names(branch(["width"], *steps, StandardScaler()))
    assert appended[-2] is (steps[-1] if steps else appended[0])


def test_appending_a_step_keeps_names_given_by_hand():
    named = Pipeline([("pick", SelectColumns(["width"])), ("scale", StandardScaler())])
    assert names(append_step(named, PCA())) == ["pick", "scale", "pca"]


def test_appending_a_step_to_a_plain_transformer_makes_a_pipeline():
    assert names(append_step(StandardScaler(), PCA())) == ["standardscaler", "pca"]
