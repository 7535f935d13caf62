"""The trial groups of ``mmbench run reproduce``: one for each published number.

How the methods choose their parameters without the test rows, and what was settled with
them in view, is told in :mod:`mmbench.suites.contenders`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GroupKFold, StratifiedShuffleSplit

from mmbench.suite import Suite
from mmbench.suites.contenders import (
    answer_methods,
    article_methods,
    product_methods,
    sentence_methods,
    spoken_digit_methods,
    text_methods,
    view_methods,
)
from mmbench.suites.goals import Goal, Group

if TYPE_CHECKING:
    from mmbench.datasets import Dataset

__all__ = ["GROUPS", "build_group"]

_HERE = "measured alongside this project"


def build_group(group: Group, dataset: Dataset, weights: Mapping[str, str]) -> Suite:
    """Return the suite of a group.

    Parameters
    ----------
    group : Group
        One of :data:`GROUPS`.
    dataset : Dataset
        Its dataset, loaded as the group says.
    weights : mapping of str to str
        Network to its weights; without ``mobilenet_v2``, torchvision's are looked for.

    Returns
    -------
    Suite
    """
    return Suite(
        name=f"reproduce-{group.name}",
        datasets=[dataset],
        methods={
            "dummy": DummyClassifier(strategy="prior"),
            **group.methods(dataset, weights),
        },
        cv=group.cv,
    )


def _text_group(dataset: str, theirs: float) -> Group:
    return Group(
        name=dataset,
        dataset=dataset,
        methods=text_methods,
        goals=(
            Goal(
                name="TF-IDF and a linear SVM",
                method="text/tfidf/linear_svm",
                source=_HERE,
                theirs=theirs,
            ),
        ),
    )


GROUPS: tuple[Group, ...] = (
    Group(
        name="flipkart1050",
        dataset="flipkart1050",
        methods=product_methods,
        protocol="5 folds",
        goals=(
            Goal(
                name="name and image",
                method="name+image/late",
                source=_HERE,
                theirs=0.928,
            ),
            Goal(
                name="name, description and image",
                method="all/late",
                source="goal of this project; .943 measured alongside",
                theirs=0.945,
            ),
        ),
    ),
    _text_group("newsgroups20", 0.862),
    _text_group("r8", 0.974),
    _text_group("mr", 0.770),
    Group(
        name="mfeat",
        dataset="mfeat",
        methods=view_methods,
        cv=StratifiedShuffleSplit(5, test_size=0.5, random_state=0),
        protocol="half of the rows train, 5 splits",
        goals=(
            Goal(
                name="all six views",
                method="all/early",
                source="goal of this project; .016 measured alongside",
                theirs=0.018,
                metric="error",
            ),
        ),
    ),
    Group(
        name="leaves100",
        dataset="leaves100",
        methods=view_methods,
        cv=8,
        protocol="8 folds",
        goals=(
            Goal(
                name="all three views",
                method="all/early",
                source="goal of this project; .994 measured alongside",
                theirs=0.99,
            ),
        ),
    ),
    Group(
        name="easy_vqa",
        dataset="easy_vqa",
        methods=answer_methods,
        goals=(
            Goal(
                name="question and picture",
                method="question+image/interaction",
                source="goal of this project; boosted trees .812",
                theirs=0.95,
            ),
        ),
    ),
    Group(
        name="fsdd",
        dataset="fsdd",
        methods=spoken_digit_methods,
        goals=(
            Goal(
                name="official split",
                method="audio/mfcc/svm",
                source=_HERE,
                theirs=0.99,
            ),
        ),
    ),
    Group(
        name="fsdd-speakers",
        dataset="fsdd",
        methods=spoken_digit_methods,
        cv=GroupKFold(6),
        ignore_split=True,
        protocol="leave one speaker out",
        goals=(
            Goal(
                name="leave one speaker out, mean",
                method="audio/mfcc/svm",
                source="goal of this project; .62 to .95 per speaker",
                theirs=0.85,
            ),
        ),
    ),
    Group(
        name="wikipedia",
        dataset="wikipedia",
        methods=article_methods,
        goals=tuple(
            Goal(
                name=f"text and picture, {fusion} fusion, above text alone",
                method=f"text+image/{fusion}",
                baseline="text",
                source="text alone, in the same trials",
                kind="above",
            )
            for fusion in ("early", "late")
        ),
    ),
    Group(
        name="nlvr",
        dataset="nlvr",
        methods=sentence_methods,
        goals=(
            Goal(
                name="sentence and picture",
                method="question+image/early",
                baseline="dummy",
                source="the more frequent answer",
                kind="report",
            ),
        ),
    ),
)
"""Every trial group, quick ones not before slow ones."""
