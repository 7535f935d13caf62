"""Texts as the last states of recurrent networks."""

import pickle
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from mmbench.errors import MissingDependencyError
from mmbench.feature_extraction import LSTMVectorizer, RNNVectorizer, check_extractor
from mmbench.spec import digest_of

torch = pytest.importorskip("torch")

KINDS = [LSTMVectorizer, RNNVectorizer]
SMALL = {"vector_size": 6, "hidden_size": 5, "max_epochs": 3, "random_state": 0}
TEXTS = ["red hat", "blue shoe", "red shoe red", None, "the blue hat", "hat"]
Y = ["a", "b", "a", "b", "b", "a"]


@pytest.fixture(scope="module")
def ordered():
    """Return texts of the same words, whose order alone tells their class."""
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    texts = []
    for label in y:
        words = ["dog bites man", "man bites dog"][label].split()
        filler = rng.choice(["then", "so", "and"], size=2)
        texts.append(" ".join([filler[0], *words, filler[1]]))
    return texts, y


@pytest.fixture
def vectors(tmp_path):
    """Return the path of word vectors in which feline words are alike."""
    path = tmp_path / "vectors.txt"
    path.write_text("cat 1 0 .1\nlion 1 .1 0\ncar 0 1 .1\nbus .1 1 0\nthe 0 0 1\n")
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_order_of_words_says_is_learnt(kind, ordered):
    texts, y = ordered
    method = make_pipeline(
        kind(hidden_size=16, random_state=0), LogisticRegression(max_iter=1000)
    )
    assert method.fit(texts[:150], y[:150]).score(texts[150:], y[150:]) == 1


def test_a_plain_network_computes_what_the_paper_says():
    rnn = RNNVectorizer(bidirectional=False, **SMALL).fit(TEXTS, Y)
    weights = {n: w.detach().numpy() for n, w in rnn.network_.named_parameters()}
    state = np.zeros(5)
    for word in ["the", "blue", "hat"]:
        vector = weights["table"][rnn.vocabulary_[word]]
        state = np.tanh(
            weights["cell.weight_ih_l0"] @ vector
            + weights["cell.weight_hh_l0"] @ state
            + weights["cell.bias_ih_l0"]
            + weights["cell.bias_hh_l0"]
        )
    found = rnn.transform(["red", "the unknown blue hat"])[1]
    np.testing.assert_allclose(found, state, rtol=0, atol=1e-6)


def test_a_long_short_term_memory_computes_what_the_paper_says():
    lstm = LSTMVectorizer(bidirectional=False, **SMALL).fit(TEXTS, Y)
    weights = {n: w.detach().numpy() for n, w in lstm.network_.named_parameters()}

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    state, memory = np.zeros(5), np.zeros(5)
    for word in ["red", "shoe"]:
        vector = weights["table"][lstm.vocabulary_[word]]
        gates = (
            weights["cell.weight_ih_l0"] @ vector
            + weights["cell.weight_hh_l0"] @ state
            + weights["cell.bias_ih_l0"]
            + weights["cell.bias_hh_l0"]
        )
        enter, forget, new, leave = np.split(gates, 4)
        memory = sigmoid(forget) * memory + sigmoid(enter) * np.tanh(new)
        state = sigmoid(leave) * np.tanh(memory)
    found = lstm.transform(["red shoe"])[0]
    np.testing.assert_allclose(found, state, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_every_rule_for_extractors(kind):
    texts = ["red hat", "blue shoe", "the red shoe", "blue blue hat"]
    check_extractor(kind(**SMALL), texts, y=[0, 1, 0, 1])


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads():
    before = torch.get_num_threads()
    outputs = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            torch.manual_seed(threads)
            outputs.append(LSTMVectorizer(**SMALL).fit_transform(TEXTS, Y))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(*outputs)
    other = LSTMVectorizer(**SMALL | {"random_state": 1}).fit_transform(TEXTS, Y)
    assert not np.allclose(other, outputs[0])


def test_fitting_leaves_torchs_randomness_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    LSTMVectorizer(**SMALL).fit(TEXTS, Y)
    assert torch.equal(torch.rand(3), expected)


def test_every_epoch_leaves_its_losses(ordered):
    texts, y = ordered
    lstm = LSTMVectorizer(max_epochs=4, patience=4, random_state=0).fit(texts, y)
    assert lstm.n_epochs_ == 4
    assert len(lstm.loss_history_) == len(lstm.validation_loss_history_) == 4
    assert lstm.loss_history_[-1] < lstm.loss_history_[0]


def test_training_ends_when_patience_does_and_the_best_weights_stay():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(list("abcdefgh"), size=6)) for _ in range(80)]
    texts = [text.replace(" ", "x ") + "x" for text in texts]
    y = rng.integers(2, size=80)  # nothing to learn: held-out loss soon rises
    lstm = LSTMVectorizer(
        max_epochs=60,
        patience=2,
        learning_rate=0.02,
        dropout=0.0,
        random_state=0,
        validation_fraction=0.25,
    ).fit(texts, y)
    losses = lstm.validation_loss_history_
    assert lstm.n_epochs_ < 60
    assert np.argmin(losses) == lstm.n_epochs_ - 1 - 2
    assert lstm.loss_history_[-1] < lstm.loss_history_[0]


def test_texts_without_a_known_word_are_rows_of_zeros():
    features = LSTMVectorizer(**SMALL).fit(TEXTS, Y).transform([None, "xyz", "hat", ""])
    assert features.any(axis=1).tolist() == [False, False, True, False]
    assert LSTMVectorizer(**SMALL).fit(TEXTS, Y).transform([]).shape == (0, 10)


def test_the_rest_of_a_long_text_is_left_out():
    lstm = LSTMVectorizer(max_length=2, **SMALL).fit(TEXTS, Y)
    first, second = lstm.transform(["red hat", "red hat shoe blue"])
    np.testing.assert_array_equal(first, second)


def test_with_pretrained_vectors_words_of_new_texts_are_known(vectors):
    texts, y = ["the cat", "the car", "cat", "car"] * 10, [0, 1, 0, 1] * 10
    lstm = LSTMVectorizer(vectors=vectors, hidden_size=8, random_state=0).fit(texts, y)
    assert lstm.coverage_ == 1
    model = LogisticRegression().fit(lstm.transform(texts), y)
    assert model.predict(lstm.transform(["lion", "bus"])).tolist() == [0, 1]
    assert not hasattr(lstm, "vocabulary_")


def test_the_vectors_content_is_part_of_its_identity(vectors):
    before = digest_of(LSTMVectorizer(vectors=str(vectors)))
    vectors.write_text("cat 0 0 1\n")
    assert digest_of(LSTMVectorizer(vectors=str(vectors))) != before


def test_a_fitted_one_survives_pickling_and_a_clone_is_unfitted():
    lstm = LSTMVectorizer(**SMALL).fit(TEXTS, Y)
    again = pickle.loads(pickle.dumps(lstm))  # noqa: S301 - just dumped
    np.testing.assert_array_equal(again.transform(TEXTS), lstm.transform(TEXTS))
    with pytest.raises(NotFittedError):
        clone(lstm).transform(TEXTS)


def test_features_are_named_after_the_class():
    lstm = LSTMVectorizer(**SMALL).fit(TEXTS, Y)
    assert lstm.get_feature_names_out()[-1] == "lstmvectorizer9"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_size": 0}, "hidden_size must be an integer of at least 1"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"learning_rate": 0}, "learning_rate must be a number above 0"),
        ({"patience": 0}, "patience must be an integer of at least 1, got 0"),
        ({"validation_fraction": 1}, "validation_fraction must be a number of at"),
        ({"analyzer": "chars"}, "analyzer must be one of"),
    ],
)
def test_a_wrong_parameter_is_told(params, message):
    with pytest.raises(ValueError, match=message):
        LSTMVectorizer(**SMALL | params).fit(TEXTS, Y)


def test_what_cannot_be_learnt_from_is_told():
    with pytest.raises(ValueError, match="requires y to be passed"):
        LSTMVectorizer(**SMALL).fit(TEXTS, None)
    with pytest.raises(ValueError, match="for each of the 6 texts, got 2"):
        LSTMVectorizer(**SMALL).fit(TEXTS, ["a", "b"])
    with pytest.raises(ValueError, match=r"no text has a known word \(0 of 2\)"):
        LSTMVectorizer(**SMALL).fit([None, "?"], ["a", "b"])


def test_without_torch_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"mmbench\[torch\]"):
        LSTMVectorizer(**SMALL).fit(TEXTS, Y)
