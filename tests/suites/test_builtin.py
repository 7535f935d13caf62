"""The built-in suites: fair by construction, for any columns."""

import pandas as pd
import pytest
from sklearn.base import is_classifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from mmbench.datasets import EMBEDDED, Dataset, read_table
from mmbench.engine import make_plan
from mmbench.errors import UnknownNameError, UsageError
from mmbench.feature_extraction.packaged import EFFICIENTNET_LITE0, PackagedModel
from mmbench.fusion import columns_of, describe
from mmbench.spec import digest_of
from mmbench.suites import SUITES, build_suite, builtin
from mmbench.suites import at_hand as found_at_hand
from mmbench.suites.at_hand import NETWORKS, TEXT_MODELS
from mmbench.suites.ensembling import with_metrics
from mmbench.suites.materials import Materials


def never():
    raise AssertionError("loaded")


def make_dataset(**modalities):
    return Dataset(
        name="mine",
        version="1",
        source="here",
        licence="CC0-1.0",
        modalities=modalities,
        load=never,
    )


@pytest.fixture(autouse=True)
def at_hand(monkeypatch):
    """Have MobileNetV2 on this machine and no encoder, unless a test says otherwise."""

    def have(networks, text_models):
        monkeypatch.setattr(builtin, "networks_at_hand", lambda: networks)
        monkeypatch.setattr(builtin, "text_models_at_hand", lambda: text_models)

    have({"mobilenet_v2": "default"}, {})
    return have


CLASSIFYING = [name for name, suite in SUITES.items() if suite.task is None]
PRODUCTS = make_dataset(name="text", body="text", photo="image", price="numeric")


@pytest.mark.parametrize("name", CLASSIFYING)
def test_every_suite_is_built_for_its_own_data_without_loading_it(name):
    suite = build_suite(name)
    assert all(is_classifier(method) for method in suite.methods.values())
    assert [d.name for d in suite.datasets] == list(SUITES[name].datasets)


@pytest.mark.parametrize("name", CLASSIFYING)
def test_every_suite_holds_the_dummy(name):
    assert "dummy" in build_suite(name).methods


@pytest.mark.parametrize("name", ["quick", "ensembles", "fusion", "full"])
def test_a_fusion_stands_beside_each_of_its_units_alone(name):
    methods = build_suite(name, [PRODUCTS]).methods
    fused = {columns_of(m) for m in methods.values() if len(columns_of(m)) > 1}
    alone = {columns_of(m) for m in methods.values() if len(columns_of(m)) == 1}
    assert fused
    assert {(c,) for columns in fused for c in columns} <= alone


def test_the_quick_suite_holds_every_family():
    suite = build_suite("quick")
    modalities = suite.datasets[0].modalities
    described = [describe(method, modalities) for method in suite.methods.values()]
    extractors = {d.extractors for d in described if "+" not in d.extractors}
    assert extractors >= {
        "TfidfVectorizer",
        "Word2VecVectorizer",
        "GloVeVectorizer",
        "FastTextVectorizer",
        "CNNExtractor",
    }
    assert {d.fusion for d in described} >= {"early", "late", "hybrid", "stacked"}
    assert {d.modalities for d in described} >= {"text", "image", "text+image"}


@pytest.mark.parametrize("name", CLASSIFYING)
def test_no_two_names_stand_for_one_method(name):
    methods = build_suite(name).methods
    assert len({digest_of(method) for method in methods.values()}) == len(methods)


def test_texts_are_fused_with_each_other_and_each_with_the_picture():
    methods = build_suite("fusion", [PRODUCTS]).methods
    fused = {name.split("/")[0] for name in methods if "/early/" in name}
    assert fused >= {"name+body+photo+numeric", "name+body", "name+photo", "body+photo"}


def test_weights_become_methods_and_the_first_is_fused():
    methods = build_suite("fusion", [PRODUCTS], weights={"resnet18": "w.pth"}).methods
    assert "photo/resnet18/logistic" in methods
    assert "name+photo/tfidf+resnet18/early/logistic" in methods


def test_what_is_installed_is_used_for_photos_and_stands_beside_tfidf(at_hand):
    at_hand(NETWORKS, TEXT_MODELS)
    methods = build_suite("fusion", [make_dataset(name="text", photo="image")]).methods
    assert "name+photo/tfidf+efficientnet_lite0/early/logistic" in methods
    assert "name+photo/minilm+efficientnet_lite0/early/logistic" in methods
    assert {"name/tfidf/logistic", "name/minilm/logistic"} <= methods.keys()


def test_embedded_data_keeps_its_network_whatever_is_installed(at_hand):
    before = build_suite("fusion").methods.keys()
    at_hand(NETWORKS, TEXT_MODELS)
    assert build_suite("fusion").methods.keys() == before


def test_without_a_network_fusions_use_hog_and_colours_and_the_data_says_so(at_hand):
    data = [make_dataset(name="text", photo="image")]
    at_hand(NETWORKS, TEXT_MODELS)
    richer = build_suite("fusion", data).methods.keys()
    at_hand({}, {})
    suite = build_suite("fusion", data)
    assert "name+photo/tfidf+hog+color/late-mean/logistic" in suite.methods
    (notice,) = suite.datasets[0].notices
    n_more = len(richer - suite.methods.keys())
    assert "fusions use HOG and colour features" in notice
    assert f"pip install 'mmbench[pretrained]' adds {n_more} methods" in notice


def test_a_network_that_was_given_needs_no_notice(at_hand):
    at_hand({}, {})
    suite = build_suite("fusion", [PRODUCTS], weights={"resnet18": "w.pth"})
    assert suite.datasets[0].notices == ()


def test_mobilenet_is_used_where_its_weights_were_fetched(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    absent = PackagedModel(**{**vars(EFFICIENTNET_LITE0), "module": "absent_"})
    monkeypatch.setattr(found_at_hand, "EFFICIENTNET_LITE0", absent)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert found_at_hand.networks_at_hand() == {}
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "mobilenet_v2-7ebf99e0.pth").write_bytes(b"")
    assert found_at_hand.networks_at_hand() == {"mobilenet_v2": "default"}


def test_one_modality_leaves_nothing_to_fuse_but_its_extractors():
    methods = build_suite("fusion", [make_dataset(body="text")]).methods
    assert set(methods) == {
        "dummy",
        *(f"body/{name}/logistic" for name in ("tfidf", "words+chars", "word2vec")),
    }


def test_a_suite_about_other_columns_says_so():
    with pytest.raises(UsageError, match=r"'text' has nothing to compare on image"):
        build_suite("text", [make_dataset(photo="image")])


def test_a_modality_that_cannot_be_read_says_so():
    with pytest.raises(UsageError, match=r"can't read scent columns"):
        Materials(modalities={"rose": "scent"}).extractors("scent")


def test_an_unknown_suite_names_its_nearest():
    with pytest.raises(UnknownNameError, match=r"did you mean 'quick'"):
        build_suite("quik")


def test_columns_that_disagree_between_datasets_are_refused():
    other = make_dataset(name="image")
    with pytest.raises(UsageError, match=r"column 'name' is text in one dataset"):
        build_suite("fusion", [PRODUCTS, other])


def test_a_text_model_stands_alone_and_in_every_fusion_under_its_name():
    data = [make_dataset(text="text", photo="image")]
    suite = build_suite("fusion", data, text_models={"minilm": "models/minilm"})
    with_it = [name for name in suite.methods if "minilm" in name]
    assert "text/minilm/logistic" in with_it
    for fusion in ("early", "late-mean", "late-weighted", "hybrid", "stacked"):
        assert f"text+photo/minilm+mobilenet_v2/{fusion}/logistic" in with_it
    without = build_suite("fusion", data).methods
    assert list(without) == [name for name in suite.methods if name not in with_it]


@pytest.mark.parametrize("name", ["quick", "text"])
def test_what_was_trained_elsewhere_is_in_the_suites_of_texts(name, tmp_path):
    data = [make_dataset(text="text", photo="image")]
    given = {"text_models": {"minilm": "minilm"}, "vectors": tmp_path / "glove.txt"}
    methods = build_suite(name, data, **given).methods
    assert {"text/minilm/logistic", "text/vectors/logistic"} <= set(methods)


def fusions_of(methods, extractors):
    """Return the fusions that a suite holds of the embedded texts and pictures."""
    paths = [name.split("/") for name in methods]
    return {path[2] for path in paths if path[:2] == ["text+image", extractors]}


@pytest.mark.parametrize(
    "exchanged",
    ["words+chars+glyph_cnn", "word2vec+glyph_cnn", "tfidf+hog", "tfidf+color"],
)
def test_every_extractor_that_is_shown_goes_through_the_same_fusions(exchanged):
    methods = build_suite("fusion", [EMBEDDED["glyphs"]]).methods
    main = fusions_of(methods, "tfidf+glyph_cnn")
    assert {"early", "late-mean", "stacked", "joint", "gated", "attention"} < main
    assert fusions_of(methods, exchanged) == {"late-mean", "late-weighted", "stacked"}


def test_extractors_are_exchanged_where_all_units_are_fused():
    methods = build_suite("fusion", [PRODUCTS]).methods
    with_hog = {name.split("/")[0] for name in methods if "+hog+" in name}
    assert with_hog == {"name+body+photo+numeric"}


def test_words_and_characters_stand_side_by_side_as_in_a_plain_union():
    method = build_suite("text", [make_dataset(body="text")]).methods[
        "body/words+chars/linear_svm"
    ]
    texts = pd.DataFrame({"body": ["red cup", "red bus", "blue cup", "a blue bus"]})
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    chars = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
    )
    plain = make_union(words, chars).fit_transform(texts["body"])
    ours = method[:-1].fit_transform(texts)
    assert (abs(ours - plain) > 1e-12).nnz == 0


def test_a_text_model_stands_beside_words_and_characters():
    suite = build_suite(
        "text", [make_dataset(body="text")], text_models={"minilm": "models/minilm"}
    )
    union = suite.methods["body/words+chars+minilm/logistic"][1]
    assert [name for name, _ in union.transformer_list] == ["words", "chars", "minilm"]
    assert {"body/minilm/knn", "body/minilm/extra_trees"} <= set(suite.methods)


def test_the_best_suite_ends_in_an_ensemble_of_all_its_other_methods():
    methods = build_suite("best", [PRODUCTS]).methods
    *others, last = list(methods.values())[1:]
    assert [digest_of(voter) for _, voter in last.estimators] == [
        digest_of(other) for other in others
    ]


@pytest.mark.parametrize("name", ["best", "fusion"])
def test_what_a_text_asks_may_decide_what_a_picture_says(name):
    methods = build_suite(name, [PRODUCTS]).methods
    pairs = [each.split("/")[0] for each in methods if "/interaction/" in each]
    assert "name+photo" in pairs
    assert all(pair.count("+") == 1 for pair in pairs)


def test_the_members_of_the_best_suites_ensemble_are_known_to_reports():
    suite = build_suite("best")
    methods = make_plan(suite).as_json()["methods"]
    (greedy,) = [name for name in methods if name.endswith("/portfolio/greedy")]
    assert methods[greedy]["members"] == [n for n in suite.methods if n != greedy][1:]


def table_with(n_rare, tmp_path):
    table = tmp_path / "rows.csv"
    rows = ["red,common"] * 30 + ["blue,rare"] * n_rare
    table.write_text("\n".join(["body,label", *rows]))
    return read_table(table, target="label", text=["body"])


@pytest.mark.parametrize(("n_rare", "expected"), [(9, True), (10, False)])
@pytest.mark.parametrize("name", ["quick", "best", "text", "ensembles"])
def test_a_rare_class_brings_methods_that_aim_at_it(name, n_rare, expected, tmp_path):
    methods = build_suite(name, [table_with(n_rare, tmp_path)]).methods
    aiming = [each for each in methods if each.endswith(("_balanced", "_corrected"))]
    assert bool(aiming) is expected


def test_an_ensemble_selects_by_the_metric_that_ranks():
    suite = build_suite("best")
    (name,) = [n for n in suite.methods if n.endswith("/portfolio/greedy")]
    asked = with_metrics(suite, ["accuracy", "f1_macro"])
    assert asked.methods[name].scoring == "accuracy"
    assert suite.methods[name].scoring == "f1_macro"
    other = with_metrics(suite, ["roc_auc_ovr"])
    assert other.methods[name].scoring == "f1_macro"
