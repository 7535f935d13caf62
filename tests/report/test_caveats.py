"""What a report warns of, from the answers alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.presentation.drawing import distinct
from mmbench.report.text.caveats import dataset_caveats
from mmbench.tasks import TASKS, PooledPredictions, Target
from mmbench.tasks.classification.confusion import confusion_figure


def pooled_of(
    y: NDArray[Any], folds: list[int], classes: tuple[str, ...]
) -> PooledPredictions:
    """Return what is known of rows before anybody predicts them."""
    rows = np.arange(len(y))
    return PooledPredictions(
        target=Target(np.array(classes)[y], {"classes": list(classes)}),
        samples=rows,
        units=rows,
        folds=np.array(folds),
        methods={},
    )


def told(pooled: PooledPredictions) -> list[str]:
    sentences = dataset_caveats({}, [], pooled, TASKS["classification"].shown())
    return ["".join(map(str, sentence)) for sentence in sentences]


def test_folds_that_lack_a_class_are_why_there_is_no_roc_auc() -> None:
    y = np.array([0, 1, 2, 0, 1, 1])
    pooled = pooled_of(y, [0, 0, 0, 1, 1, 1], ("a", "b", "c"))
    expected = (
        "1 of 2 folds has no test row of some class (the first: 'c'), where ROC AUC is "
        "not defined; so none is shown."
    )
    assert expected in told(pooled)


def test_folds_with_every_class_are_not_warned_of() -> None:
    pooled = pooled_of(np.array([0, 1, 0, 1]), [0, 0, 1, 1], ("a", "b"))
    assert not [each for each in told(pooled) if "ROC AUC" in each]


def test_names_that_a_png_can_not_show_are_told() -> None:
    classes = ("caf\u00e9", "\u6771\u4eac", "\u5927\u962a")
    pooled = pooled_of(np.array([0, 1, 2]), [0, 0, 0], classes)
    (sentence,) = [each for each in told(pooled) if "PNG" in each]
    assert "lack characters of '\u6771\u4eac' and 1 more" in sentence


def test_names_in_european_scripts_are_shown_in_a_png() -> None:
    classes = ("caf\u00e9", "\u03b1\u03b2", "\u0434\u0430")
    pooled = pooled_of(np.array([0, 1, 2]), [0, 0, 0], classes)
    assert not [each for each in told(pooled) if "PNG" in each]


def test_long_names_stay_distinct_however_they_are_cut() -> None:
    names = [f"{'a' * 20}{i}{'z' * 20}" for i in range(12)] + ["short", "a\u200b", "a"]
    cut = distinct(names, 16)
    assert len(set(cut)) == len(names)
    assert max(map(len, cut)) <= 16
    assert cut[12] == "short"


def test_numbered_classes_are_explained_in_the_caption() -> None:
    classes = ("talk.politics.new.mideast", "talk.politics.old.mideast")
    y = np.array([0, 1])
    drawing = confusion_figure(y, {"m": y}, classes)
    assert drawing.caption.endswith(
        " Of the classes, 1 is talk.politics.new.mideast, 2 is "
        "talk.politics.old.mideast."
    )
    assert drawing.svg.count(">1 talk.po\u2026ideast<") == 2
