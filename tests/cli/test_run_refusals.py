"""Bad usage and bad input: exit code 2, one clear line, and nothing written."""

from __future__ import annotations

import shlex

import pytest

TABLE = "--data things.csv --target kind"

REFUSED = {
    "an unknown suite": ("run quik", "no suite is named 'quik'; did you mean 'quick'?"),
    "a suite file that is not there": ("run no.py", "no.py can't be read"),
    "a suite file with a syntax error": ("run torn.py", "torn.py:1: SyntaxError"),
    "a suite file without a suite": (
        "run empty.py",
        "empty.py does not define 'suite'",
    ),
    "a table file that is not there": (
        "run text --data no.csv --target kind --text name",
        "no.csv: there is no such file",
    ),
    "an unknown column": (
        f"run text {TABLE} --text nam",
        "no column is named 'nam'; did you mean 'name'?",
    ),
    "an unknown target": (
        "run text --data things.csv --target knd --text name",
        "no column is named 'knd'; did you mean 'kind'?",
    ),
    "columns without a table": ("run text --text name", "--text describes a table"),
    "a target without a table": ("run text --target kind", "--target describes a"),
    "a label separator without a table": (
        "run text --label-separator ,",
        "--label-separator describes a table",
    ),
    "a label separator that is not in the table": (
        f"run text {TABLE} --text name --label-separator '|'",
        "column 'kind': no cell holds the label separator '|'",
    ),
    "an empty label separator": (
        f"run text {TABLE} --text name --label-separator ''",
        "label_separator must not be empty",
    ),
    "a table for a suite file": (
        f"run mine.py {TABLE} --text name",
        "--data goes with a built-in suite",
    ),
    "a table beside an embedded dataset": (
        f"run text {TABLE} --text name --dataset glyphs",
        "--dataset chooses an embedded dataset",
    ),
    "an unknown dataset": (
        "run quick --dataset glyph",
        "no dataset is named 'glyph'; did you mean 'glyphs'?",
    ),
    "an unknown dataset of a suite file": (
        "run mine.py --dataset glyphs",
        "no dataset is named 'glyphs'. There are: digits.",
    ),
    "a pattern that matches nothing": (
        "run mine.py --method 'txt/*'",
        "no method of suite 'mine' matches 'txt/*'; there are: dummy.",
    ),
    "a class smaller than the folds": (
        f"run text {TABLE} --text name --folds 13",
        "class 'fruit' has fewer samples (12) than there are folds (13)",
    ),
    "a suite that has nothing to do": (
        f"run image {TABLE} --text name",
        "suite 'image' has nothing to compare on text columns",
    ),
    "an image root that is not there": (
        f"run image {TABLE} --image name --image-root no",
        "image_root must be a folder",
    ),
    "weights without a path": (
        "run quick --weights mobilenet_v2",
        "--weights must be ARCH=PATH",
    ),
    "weights that are not there": (
        "run quick --weights mobilenet_v2=no.pth",
        "--weights mobilenet_v2: there is no file no.pth",
    ),
    "vectors that are not there": (
        "run quick --vectors no.vec",
        "--vectors: there is no file no.vec",
    ),
    "vectors that are none": (
        "run quick --vectors things.csv",
        "--vectors things.csv: things.csv, line 1: expected a word and",
    ),
    "a file where the results should go": (
        "run mine.py --out things.csv",
        "--out must be a folder, but things.csv is a file",
    ),
    "somebody else's folder for the results": (
        "run mine.py --out .",
        "holds other files, such as 'empty.py'",
    ),
    "a file where the cache should be": (
        "run mine.py --cache things.csv",
        "--cache must be a folder, but things.csv is a file",
    ),
    "a report of no results folder": ("report .", "is not a results folder"),
}

MISUSED = {
    "no suite": ("run", "Missing argument 'SUITE'"),
    "no jobs": ("run quick --jobs 0", "'--jobs': 0 is not in the range x>=1"),
    "one fold": ("run quick --folds 1", "'--folds': 1 is not in the range x>=2"),
    "no repeats": ("run quick --repeats 0", "'--repeats': 0 is not in the range"),
    "a seed that not every library takes": (
        "run quick --seed 4294967295",
        "'--seed': 4294967295 is not in the range",
    ),
    "a negative seed": ("run quick --seed -1", "'--seed': -1 is not in the range"),
    "words for a number": ("run quick --jobs two", "'two' is not a valid integer"),
    "an unknown option": ("run quick --job 2", "No such option"),
}

SUITE = """
from sklearn.dummy import DummyClassifier
from mmbench import EMBEDDED, Suite

suite = Suite(
    name="mine", datasets=[EMBEDDED["digits"]], methods={"dummy": DummyClassifier()}
)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path, table):
    assert table.name == "things.csv"
    (tmp_path / "mine.py").write_text(SUITE)
    (tmp_path / "empty.py").write_text("x = 1\n")
    (tmp_path / "torn.py").write_text("suite = (\n")


@pytest.fixture
def refused(mmbench, tmp_path):
    """Run a command that must fail without writing, and return what it says."""

    def run(command: str) -> str:
        before = sorted(tmp_path.rglob("*"))
        result = mmbench(*shlex.split(command))
        assert result.exit_code == 2
        assert result.stdout == ""
        assert sorted(tmp_path.rglob("*")) == before
        return result.stderr

    return run


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param(
            *refused,
            id=name,
            marks=[pytest.mark.multilabel] if "separator" in refused[0] else [],
        )
        for name, refused in REFUSED.items()
    ],
)
def test_bad_input_is_one_line_that_says_what_is_wrong(refused, command, message):
    said = refused(command)
    assert said.startswith("mmbench: error: ")
    assert said.count("\n") == 1
    assert message in said


@pytest.mark.parametrize(("command", "message"), MISUSED.values(), ids=MISUSED)
def test_bad_usage_points_to_the_help(refused, command, message):
    said = refused(command)
    assert message in said
    assert "Try 'mmbench run " in said


def test_a_suite_whose_name_is_no_folder_name_needs_a_folder(refused, tmp_path):
    (tmp_path / "mine.py").write_text(SUITE.replace('"mine"', '"../mine"'))
    assert "give --out DIR" in refused("run mine.py")
