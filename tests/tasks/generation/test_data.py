"""Rows with the same inputs, and official splits."""

import numpy as np
import pandas as pd
import pytest

from mmbench.errors import DataError
from mmbench.tasks import Target, get_task

pytestmark = pytest.mark.generation

DATA = get_task("generation").data
TRAIN = np.array([True, True, True, False])


def target_of(inputs, texts):
    """Return the target of sentences and their translations."""
    X = pd.DataFrame({"english": inputs})
    return DATA.completed(DATA.of_cells(Target(np.array(texts)), X, {}))


def test_a_split_may_not_part_rows_with_the_same_input():
    target = target_of(["a dog", "a cat", "a bird", "a cat"], ["x", "y", "z", "w"])

    with pytest.raises(DataError, match=r"rows 2 .train. and 4 .test. have the same"):
        DATA.check_split(target, TRAIN, ~TRAIN)


def test_equal_texts_of_different_inputs_may_be_on_both_sides():
    target = target_of(["a dog", "one cat", "a dog", "some cat"], ["x", "y", "z", "y"])

    DATA.check_split(target, TRAIN, ~TRAIN)
