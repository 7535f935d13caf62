"""Methods with networks in them are answered as plain scikit-learn does, too."""

import pytest
from sklearn.linear_model import LogisticRegression

from mmbench.feature_extraction import TransformerVectorizer
from mmbench.fusion import branch

from .test_equal import assert_equal

pytest.importorskip("torch")


def test_texts_by_a_pretrained_transformer(tiny_bert, tmp_path):
    method = branch("text", TransformerVectorizer(tiny_bert), LogisticRegression())
    assert_equal(method, tmp_path)
