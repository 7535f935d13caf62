"""Methods with networks in them are answered as plain scikit-learn does, too."""

import pytest
from sklearn.linear_model import LogisticRegression

from mmbench.feature_extraction import LSTMVectorizer, TransformerVectorizer
from mmbench.fusion import branch

from .test_equal import assert_equal

pytest.importorskip("torch")


def test_texts_by_a_pretrained_transformer(tiny_bert, tmp_path):
    method = branch("text", TransformerVectorizer(tiny_bert), LogisticRegression())
    assert_equal(method, tmp_path)


def test_texts_by_a_recurrent_network(tmp_path):
    lstm = LSTMVectorizer(hidden_size=8, max_epochs=3)
    assert_equal(branch("text", lstm, LogisticRegression()), tmp_path)
