from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from mmbench.cli.datasets import verify
from mmbench.datasets import EMBEDDED, Samples, catalogue
from mmbench.errors import DataError


def test_show_prints_what_the_card_says(mmbench):
    result = mmbench("datasets", "show", "digits")
    assert result.exit_code == 0
    for words in ("Handwritten digits", "1,797 samples, 10 classes", "Alpaydin"):
        assert words in result.stdout


def test_verify_says_that_an_embedded_dataset_holds(mmbench):
    result = mmbench("datasets", "verify", "digits")
    assert result.exit_code == 0
    assert "digits holds: version 1, 1,797 samples, 10 classes" in result.stdout


def test_verify_ends_with_1_when_the_data_is_other(mmbench, monkeypatch):
    def changed():
        raise DataError("the font is another version.")

    other = dataclasses.replace(EMBEDDED["digits"], load=changed)
    monkeypatch.setattr(catalogue, "find_dataset", lambda *_: other)
    result = mmbench("datasets", "verify", "digits")
    assert result.exit_code == 1
    assert result.stderr == "digits does not hold: the font is another version.\n"


def test_verify_counts_samples():
    few = Samples(pd.DataFrame({"image": [None] * 3}), np.array([0, 1, 2]))
    other = dataclasses.replace(EMBEDDED["digits"], load=lambda: few)
    with pytest.raises(DataError, match=r"n_samples should be 1,797, got 3\."):
        verify(other)


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_dataset_is_told_the_nearest_one(mmbench, command):
    result = mmbench("datasets", command, "digit")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "mmbench: error: no dataset is named 'digit'; did you mean 'digits'?"
    )
