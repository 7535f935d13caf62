"""The suite of retrieval: what takes part on which data."""

import pytest

from mmbench.datasets import get_dataset
from mmbench.errors import UsageError
from mmbench.spec import digest_of
from mmbench.suites import build_suite
from mmbench.suites.materials import Materials
from mmbench.suites.retrieval import methods, scoring
from mmbench.tasks import get_task

pytestmark = pytest.mark.retrieval


def materials(**changes):
    parts = {
        "modalities": {"name": "text", "photo": "image"},
        "weights": {"net": "w.pth"},
        "task": get_task("retrieval"),
    }
    return Materials(**(parts | changes))


def test_every_extractor_has_its_own_method_and_one_joins_them():
    found = methods(materials(text_models={"encoder": "folder"}))
    names = {name for name in found if name.endswith("/cca-local")}
    assert names == {
        "tfidf+net/cca-local",
        "words+chars+net/cca-local",
        "encoder+net/cca-local",
        "tfidf+hog/cca-local",
        "tfidf+color/cca-local",
        "early/cca-local",
        "texts+net/cca-local",
    }


def test_ensembles_are_made_of_methods_that_stand_beside_them():
    found = methods(materials())
    for name in ("all/late-weighted", "all/late-greedy", "all/best"):
        members = [member for _, member in found[name].estimators]
        assert members
        assert all(any(m is other for other in found.values()) for m in members)


def test_a_dual_encoder_stands_beside_the_learnt_spaces_and_is_a_member():
    found = methods(materials(dual_encoder="models/clip"))
    joint = found["clip/dual-encoder"]
    assert any(member is joint for _, member in found["all/late-mean"].estimators)
    columns = {"name": "text", "price": "numeric"}
    with pytest.raises(UsageError, match="embeds texts and pictures, got text and num"):
        methods(materials(dual_encoder="models/clip", modalities=columns))
    with pytest.raises(
        UsageError,
        match=r"has no method with a dual "
        r"encoder.*retrieval",
    ):
        build_suite("quick", dual_encoder="models/clip")


def test_classes_are_matched_only_where_keys_are_classes():
    assert not any("semantic" in name for name in methods(materials()))
    assert any("semantic" in name for name in methods(materials(class_keys=True)))


def test_what_is_taught_is_compared_with_what_was_not():
    found = methods(materials(class_keys=True, weights={}))
    taught, voting = (
        next(method for name, method in found.items() if name.endswith(end))
        for end in ("semantic/taught", "semantic/voting")
    )
    (member,) = get_task("retrieval").answers.members(taught)
    assert digest_of(member) == digest_of(voting)


@pytest.mark.parametrize(("class_keys", "first"), [(False, None), (True, "map")])
def test_average_precision_ranks_where_keys_are_classes(class_keys, first):
    found = scoring(materials(class_keys=class_keys))
    assert (found and found[0]) == first


def test_other_columns_stand_beside_the_texts():
    columns = {"name": "text", "photo": "image", "price": "numeric"}
    text, image = methods(materials(modalities=columns))["tfidf+net/cca"].sides
    assert "price" in str(text)
    assert "price" not in str(image)


@pytest.mark.parametrize(
    ("suite", "dataset", "expected"),
    [
        ("retrieval", "glyphs", "not for the task 'classification'"),
        ("quick", "scenes", "not for the task 'retrieval'.* run the suite 'retrieval'"),
    ],
)
def test_a_suite_of_another_task_is_refused(suite, dataset, expected):
    with pytest.raises(UsageError, match=expected):
        build_suite(suite, [get_dataset(dataset)])
