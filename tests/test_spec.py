"""Specs and digests: identity is public, and equal work has equal names."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from mmbench.errors import UsageError
from mmbench.predictors import XGBoostClassifier, XGBoostRegressor
from mmbench.spec import digest_of, file_checksum, public_path, spec_of


class ReadsFile(BaseEstimator):
    def __init__(self, path):
        self.path = path

    def files_read(self):
        return [self.path]


def test_classes_that_moved_keep_the_path_that_they_had():
    assert public_path(XGBoostClassifier) == "mmbench.classifiers.XGBoostClassifier"
    assert public_path(XGBoostRegressor) == "mmbench.predictors.XGBoostRegressor"


def test_a_private_module_does_not_show_in_a_public_path():
    assert public_path(RandomForestClassifier) == (
        "sklearn.ensemble.RandomForestClassifier"
    )


def test_a_function_keeps_its_numpy_path():
    assert public_path(np.linalg.norm) == "numpy.linalg.norm"


@pytest.mark.parametrize(
    ("value", "digest"),
    [
        (["a", 1, None, [True, 0.5]], "88568063cabd6f489c7cb8d10a99d17d"),
        (KFold(4, shuffle=True, random_state=1), "6d5d03444b979a22a634a14267b72530"),
        (make_pipeline(MinMaxScaler()), "bf8fc403a512959024723681f9d0d63b"),
    ],
)
def test_golden_digests_stay_what_they_are(value, digest):
    assert digest_of(value) == digest


def test_a_range_is_what_is_in_it():
    assert digest_of(range(2)) == digest_of([0, 1]) != digest_of(range(3))


def test_a_clone_has_the_digest_of_its_original():
    model = make_pipeline(StandardScaler(), LogisticRegression(C=2.0))
    assert digest_of(clone(model)) == digest_of(model)


def test_another_parameter_gives_another_digest():
    assert digest_of(LogisticRegression(C=1.0)) != digest_of(LogisticRegression(C=2.0))


def test_tuples_and_lists_are_one_kind():
    assert digest_of((1, 2)) == digest_of([1, 2])


def test_numpy_scalars_are_python_scalars():
    assert digest_of(np.float64(0.5), np.int32(3)) == digest_of(0.5, 3)


def test_arrays_differ_by_content_dtype_and_shape():
    base = np.arange(6)
    others = [base + 1, base.astype(np.float32), base.reshape(2, 3)]
    digests = {digest_of(array) for array in [base, *others]}
    assert len(digests) == 4


def test_text_arrays_are_digested_by_their_items():
    same = [np.array(["a", "b"], dtype=object) for _ in range(2)]
    assert digest_of(same[0]) == digest_of(same[1])
    assert digest_of(same[0]) != digest_of(np.array(["a", "c"], dtype=object))


def test_a_splitter_is_known_by_its_parameters():
    assert digest_of(KFold(3)) == digest_of(KFold(3))
    assert digest_of(KFold(3)) != digest_of(KFold(4))


def test_a_lambda_is_refused_with_advice():
    with pytest.raises(UsageError, match=r"define it at the top level of a module"):
        spec_of(FunctionTransformer(lambda X: X))


def test_a_file_counts_by_its_content_not_by_its_name(tmp_path):
    paths = [tmp_path / name for name in ("a.bin", "b.bin", "c.bin")]
    for path, content in zip(paths, (b"same", b"same", b"other"), strict=True):
        path.write_bytes(content)
    first, second, third = (digest_of(ReadsFile(str(path))) for path in paths)
    assert first == second
    assert first != third


def test_a_file_checksum_is_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_checksum(path).startswith("ba7816bf8f01cfea414140de5dae2223")


def test_digests_agree_between_processes():
    code = (
        "from mmbench.spec import digest_of;"
        "from sklearn.linear_model import LogisticRegression as L;"
        "print(digest_of(L(), {'b', 'a'}))"
    )
    run = [sys.executable, "-c", code]
    printed = {
        subprocess.run(
            run,
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
