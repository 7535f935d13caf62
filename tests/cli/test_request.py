from __future__ import annotations

import pytest

from mmbench.cli.request import Request
from mmbench.cli.requested_suite import requested_suite
from mmbench.errors import MissingWeightsError, UsageError

SUITE = """
from sklearn.dummy import DummyClassifier
from mmbench import EMBEDDED, Suite
from mmbench.fusion import branch

suite = Suite(
    name="mine",
    datasets=[EMBEDDED["digits"], EMBEDDED["glyphs"]],
    methods={
        "dummy": DummyClassifier(),
        "text/dummy": branch("text", DummyClassifier()),
    },
    cv=3,
    seeds=(7, 8),
)
"""


@pytest.fixture
def asked(tmp_path):
    """Return the suite that is asked for, of a file unless said otherwise."""
    path = tmp_path / "mine.py"
    path.write_text(SUITE)

    def ask(suite=str(path), **options):
        return requested_suite(Request(suite=suite, **options))

    return ask


def test_a_suite_file_keeps_its_own_folds_and_seeds(asked):
    assert (asked().cv, asked().seeds) == (3, (7, 8))


def test_folds_and_seeds_of_a_suite_file_can_be_overruled(asked):
    suite = asked(folds=4, seed=1, repeats=3)
    assert (suite.cv, suite.seeds) == (4, (1, 2, 3))


def test_a_new_first_seed_keeps_the_number_of_repeats(asked):
    assert asked(seed=1).seeds == (1, 2)


def test_more_repeats_keep_the_first_seed(asked):
    assert asked(repeats=3).seeds == (7, 8, 9)


def test_methods_without_a_dataset_go_with_it(asked):
    suite = asked(dataset=("digits",))
    assert [dataset.name for dataset in suite.datasets] == ["digits"]
    assert list(suite.methods) == ["dummy"]


def test_methods_are_chosen_by_pattern(asked):
    assert list(asked(method=("text/*",)).methods) == ["text/dummy"]


def test_a_built_in_suite_has_five_folds_and_seed_0(asked):
    suite = asked("quick")
    assert (suite.name, suite.cv, suite.seeds) == ("quick", 5, (0,))


def test_repeats_of_a_built_in_suite_are_consecutive_seeds(asked):
    assert asked("quick", folds=2, seed=5, repeats=3).seeds == (5, 6, 7)


def test_a_built_in_suite_runs_on_the_datasets_that_are_named(asked):
    suite = asked("image", dataset=("digits", "digits"))
    assert [dataset.name for dataset in suite.datasets] == ["digits"]


@pytest.mark.multilabel
def test_a_table_may_join_several_labels_in_a_cell(asked, tmp_path):
    path = tmp_path / "films.csv"
    path.write_text("title,genres\nheat,crime+drama\nup,comedy+drama\n")
    roles = {"data": path, "target": "genres", "text": ("title",)}
    suite = asked("text", **roles, label_separator="+")
    (dataset,) = suite.datasets
    assert dataset.task.name == "multilabel"
    assert dataset.load().schema["classes"] == ["comedy", "crime", "drama"]
    assert asked("text", **roles).datasets[0].task.name == "classification"


def test_a_built_in_suite_runs_on_your_own_table(asked, table):
    suite = asked(
        "quick", data=table, target="kind", text=("name",), numeric=("grams",)
    )
    (dataset,) = suite.datasets
    assert dict(dataset.modalities) == {"name": "text", "grams": "numeric"}
    assert "name+numeric/tfidf+numeric/early-unweighted/logistic" in suite.methods


def test_a_text_model_goes_by_the_name_of_its_folder(asked, tiny_bert):
    suite = asked("text", text_model=(str(tiny_bert),), dataset=("glyphs",))
    name = tiny_bert.name.lower()
    vectorizer = suite.methods[f"text/{name}/logistic"].steps[1][1]
    assert vectorizer.model == str(tiny_bert)


def test_two_text_models_of_one_name_are_refused(asked, tiny_bert):
    with pytest.raises(UsageError, match="two models are called"):
        asked("text", text_model=(str(tiny_bert), f"{tiny_bert}/"))


def test_a_text_model_that_is_not_there_says_how_to_fetch_it(asked):
    pytest.importorskip("huggingface_hub")
    with pytest.raises(MissingWeightsError, match="hf download no/such-model"):
        asked("text", text_model=("no/such-model",))


def test_class_weights_reach_the_methods_of_a_built_in_suite():
    suite = requested_suite(Request(suite="quick", class_weight="balanced"))
    weighed = [m for m in suite.methods.values() if "balanced" in repr(m)]
    assert suite.class_weight == "balanced"
    assert weighed


def test_the_region_of_equivalence_is_the_suites_unless_it_is_given(asked):
    assert (asked().rope, asked(rope=0.02).rope) == (0.01, 0.02)


def test_metrics_are_chosen_and_the_first_one_ranks(asked):
    suite = asked(metric=("accuracy", "log_loss"))
    assert suite.scoring == ("accuracy", "log_loss")
    assert suite.ranked_by(suite.datasets[0]) == "accuracy"
    with pytest.raises(UsageError, match="no metric is named 'acuracy'"):
        asked(metric=("acuracy",))


def test_a_column_of_sample_weights_is_read(tmp_path):
    table = tmp_path / "pets.csv"
    rows = "".join(
        f"pet {i},{'cat' if i % 2 else 'dog'},{i + 0.5}\n" for i in range(20)
    )
    table.write_text("name,kind,weight\n" + rows)
    columns = {"data": table, "target": ("kind",), "text": ("name",)}
    weighted = requested_suite(Request(suite="text", sample_weight="weight", **columns))
    plain = requested_suite(Request(suite="text", **columns))
    samples = weighted.datasets[0].load()
    assert samples.sample_weight.tolist() == [i + 0.5 for i in range(20)]
    assert weighted.datasets[0].checksum != plain.datasets[0].checksum


def test_slices_that_are_asked_for_are_added_to_those_of_the_suite(asked, tmp_path):
    path = tmp_path / "sliced.py"
    path.write_text(SUITE.replace("cv=3,", 'cv=3,\n    slices=["block"],'))

    assert asked(slices=("name",)).slices == ("name",)
    assert asked(str(path), slices=("name", "block")).slices == ("block", "name")
