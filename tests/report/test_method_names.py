"""Short names of methods."""

from hypothesis import given
from hypothesis import strategies as st

from mmbench.report.method_names import MethodNames

FUSED = [f"text+image/tfidf+hog/{fusion}/logistic" for fusion in ("early", "late")]
SINGLE = ["text/tfidf/logistic", "image/hog/logistic"]


def test_parts_that_all_methods_of_a_kind_share_are_left_out() -> None:
    names = MethodNames(["dummy", *SINGLE, *FUSED])

    assert [names(name) for name in ("dummy", *SINGLE, *FUSED)] == [
        *("dummy", "text/tfidf", "image/hog", "early", "late"),
    ]
    assert names.note == (
        "Method names leave out shared parts: text/tfidf is text/tfidf/logistic; "
        "early is text+image/tfidf+hog/early/logistic."
    )


def test_a_part_that_differs_once_stays() -> None:
    names = MethodNames([*FUSED, "text+image/tfidf+hog/early/xgboost"])

    assert names(FUSED[0]) == "early/logistic"


def test_a_predictor_alone_is_no_name_for_a_fusion() -> None:
    names = MethodNames(f"text+image/tfidf+hog/early/{p}" for p in ("svm", "logistic"))

    assert names("text+image/tfidf+hog/early/svm") == "early/svm"


@given(st.lists(st.text("ab/", max_size=6), unique=True))
def test_no_two_methods_are_called_the_same(methods: list[str]) -> None:
    names = MethodNames(methods)

    assert len({names(method) for method in methods}) == len(methods)
