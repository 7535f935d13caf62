"""Models that answer with numbers and with label sets, and files beside models."""

import importlib
import inspect
import pkgutil

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mmbench import export_model, load_model, read_table
from mmbench.engine import run
from mmbench.errors import UsageError
from mmbench.export import archive
from mmbench.export.pretrained import bundle, unbundle
from mmbench.export.trusted import TRUSTED
from mmbench.feature_extraction import PretrainedWordVectorizer, TfidfVectorizer
from mmbench.fusion import branch, early_fusion
from mmbench.suite import Suite
from mmbench.tasks import TASKS

HOW = {"throughput": False, "probes": False, "retrain": "none", "debug": True}


def exported(table, method, folder, **columns):
    dataset = read_table(table, text=["name"], **columns)
    suite = Suite(name="s", datasets=[dataset], methods={"m": method}, cv=2)
    list(run(suite, folder / "out", cache=folder / "cache", **HOW))
    to = export_model(folder / "out", folder / "model", suite, method="m")
    return load_model(to), dataset.load()


def words(n):
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(["red", "blue", "big"], 3)) for _ in range(n)]


@pytest.mark.regression
def test_numbers_are_predicted(tmp_path):
    table = {"name": words(30), "cm": np.arange(30.0), "price": np.arange(30) * 2.5}
    branches = [
        ("name", branch("name", TfidfVectorizer())),
        ("cm", branch(["cm"], StandardScaler())),
    ]
    method = early_fusion(branches, RandomForestRegressor(n_estimators=3))
    model, samples = exported(
        table, method, tmp_path, target="price", numeric=["cm"], task="regression"
    )
    plain = early_fusion(
        branches, RandomForestRegressor(n_estimators=3, random_state=0)
    ).fit(samples.X, samples.y)
    found = model.predict(pd.DataFrame({"cm": [3.0, 29.5], "name": ["red", None]}))
    X = pd.DataFrame({"name": ["red", None], "cm": [3.0, 29.5]}, dtype=object)
    X["cm"] = X["cm"].astype(float)
    np.testing.assert_allclose(found["number"], plain.predict(X), atol=1e-9)


@pytest.mark.multilabel
def test_label_sets_are_predicted(tmp_path):
    table = {"name": words(40), "tags": []}
    table["tags"] = ["|".join(sorted(set(each.split()))) for each in table["name"]]
    method = branch("name", TfidfVectorizer(), LogisticRegression())
    model, samples = exported(
        table, method, tmp_path, target="tags", label_separator="|"
    )
    found = model.predict([{"name": "red red red"}])
    classes = samples.schema["classes"]
    assert [*found] == [*classes, *(f"proba_{each}" for each in classes)]
    assert found["red"].tolist() == [1]
    assert found["proba_red"][1] > 0.5


def test_word_vectors_go_along_with_the_model(tmp_path):
    vectors = tmp_path / "here" / "vectors.txt"
    vectors.parent.mkdir()
    vectors.write_text("red 1 0\nblue 0 1\n")
    texts = pd.DataFrame({"name": ["red", "blue", "red blue"]})
    model = branch("name", PretrainedWordVectorizer(vectors), LogisticRegression())
    model.fit(texts, ["a", "b", "a"])
    expected = model.predict_proba(texts)
    folder = tmp_path / "model"
    folder.mkdir()
    bundle(model, folder)
    archive.dump_model(model, folder / "model.skops")
    moved = folder.rename(tmp_path / "moved")
    vectors.unlink()
    loaded = archive.read_model(moved / "model.skops")
    unbundle(loaded, moved)
    np.testing.assert_allclose(loaded.predict_proba(texts), expected)


def test_weights_saved_by_torch_become_safetensors(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    class Reader:
        def __init__(self, weights):
            self.weights = weights

        def get_params(self, deep=True):
            return {"weights": self.weights}

        def files_read(self):
            return [str(self.weights)]

    path = tmp_path / "net.pth"
    state = {"layer.weight": torch.arange(6.0).reshape(2, 3)}
    torch.save(state, path)
    reader = Reader(path)
    bundle(reader, tmp_path)
    unbundle(reader, tmp_path)
    assert reader.weights.endswith(".safetensors")
    kept = load_file(reader.weights)
    assert torch.equal(kept["layer.weight"], state["layer.weight"])


def test_sample_weights_reach_the_predictor_of_a_pipeline(tmp_path):
    rng = np.random.default_rng(0)
    table = {
        "name": words(40),
        "kind": rng.choice(["a", "b"], 40).tolist(),
        "w": (rng.exponential(size=40) + 0.1).tolist(),
    }
    method = make_pipeline(branch("name", TfidfVectorizer()), LogisticRegression())
    model, samples = exported(table, method, tmp_path, target="kind", sample_weight="w")
    plain = make_pipeline(branch("name", TfidfVectorizer()), LogisticRegression())
    plain.fit(
        samples.X, samples.y, logisticregression__sample_weight=samples.sample_weight
    )
    found = model.answer(samples.X)["proba"]
    np.testing.assert_allclose(found, plain.predict_proba(samples.X), atol=1e-9)


@pytest.mark.regression
@pytest.mark.generation
@pytest.mark.parametrize("agreement", ["cider", "bleu", "embedding"])
def test_texts_are_written(tmp_path, agreement):
    from mmbench.fusion.generation import ConsensusText

    said = [f"a {each} thing" for each in words(40)]
    table = {"name": [text[2:-6] for text in said], "said": said}
    method = branch("name", TfidfVectorizer(), ConsensusText(agreement=agreement))
    model, samples = exported(table, method, tmp_path, target="said", task="generation")
    plain = branch("name", TfidfVectorizer(), ConsensusText(agreement=agreement))
    plain.fit(samples.X, samples.y)
    new = pd.DataFrame({"name": ["red blue", "big", None]}, dtype=object)

    assert list(model.predict(new)["text"]) == list(plain.predict(new))


@pytest.mark.multilabel
@pytest.mark.retrieval
def test_what_is_trusted_exists_under_its_name():
    for name in TRUSTED:
        module, _, attribute = name.rpartition(".")
        if module.startswith("mmbench.tasks.") and module.split(".")[2] not in TASKS:
            continue  # a task that is not there has nothing to be trusted
        if module.split(".")[0] in {"catboost", "lightgbm"} or (
            module.endswith(("fusion_layers", "recurrent_network"))
        ):
            pytest.importorskip(module)
        assert hasattr(importlib.import_module(module), attribute), name


# What no fitted method holds; a module of one's own has no safe form, and decoders have
# none yet.
NOT_EXPORTED = {
    "mmbench.fusion.joint_spaces.base.PairedBlocks",
    "mmbench.feature_extraction.video_column.VideoColumnExtractor",
    "mmbench.fusion.generation.decoder.estimators.TextDecoder",
    "mmbench.fusion.generation.decoder.estimators.TextTranslator",
    "mmbench.fusion.generation.fused_translator.FusedTranslator",
    "mmbench.feature_extraction.column_extractor.ColumnExtractor",
    "mmbench.feature_extraction.image_column.ImageColumnExtractor",
    "mmbench.feature_extraction.image_column.ImageDescriptor",
    "mmbench.feature_extraction.network_extractor.NetworkExtractor",
    "mmbench.feature_extraction.pretrained_texts.PretrainedTextVectorizer",
    "mmbench.feature_extraction.recurrent_training.RecurrentVectorizer",
    "mmbench.feature_extraction.torch_module.TorchModuleExtractor",
    "mmbench.tasks.classification.answers.AnsweredClassifier",
    "mmbench.tasks.regression.answers.AnsweredRegressor",
}


def test_every_estimator_of_ours_is_trusted_or_left_out_by_name():
    pytest.importorskip("torch")
    found = set()
    for package in ("feature_extraction", "fusion", "predictors", "tasks"):
        home = importlib.import_module(f"mmbench.{package}")
        for module in pkgutil.walk_packages(home.__path__, f"{home.__name__}."):
            defined = vars(importlib.import_module(module.name)).values()
            found |= {
                f"{each.__module__}.{each.__qualname__}"
                for each in defined
                if inspect.isclass(each)
                and each.__module__ == module.name
                and issubclass(each, BaseEstimator)
                and not inspect.isabstract(each)
                and not each.__name__.startswith("_")
            }
    assert found - TRUSTED <= NOT_EXPORTED


def test_a_network_without_a_safe_form_is_refused_in_one_line(tmp_path):
    torch = pytest.importorskip("torch")
    held = LogisticRegression()
    held.network_ = torch.nn.Linear(2, 2)
    with pytest.raises(UsageError, match=r"^LogisticRegression holds something"):
        archive.dump_model(held, tmp_path / "model.skops")
