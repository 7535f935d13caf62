from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

from mmbench.cli.suite_file import load_suite_file
from mmbench.errors import UsageError
from mmbench.spec import digest_of

SUITE = """
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from mmbench import EMBEDDED, Suite

class Mine(DummyClassifier):
    pass

suite = Suite(
    name="mine",
    datasets=[EMBEDDED["digits"]],
    methods={"installed": DummyClassifier(), "mine": Mine()},
    cv=2,
)
"""


def written(folder: Path, text: str, name: str = "my-suite.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_suite_that_the_file_defines_is_returned(tmp_path):
    suite = load_suite_file(written(tmp_path, SUITE))
    assert suite.name == "mine"
    assert list(suite.methods) == ["installed", "mine"]


def test_a_class_of_the_file_can_be_unpickled_where_the_file_is_not(tmp_path):
    suite = load_suite_file(written(tmp_path, SUITE))
    pickled = tmp_path / "method.pickle"
    pickled.write_bytes(cloudpickle.dumps(suite.methods["mine"]))
    code = (
        "import pickle, sys; print(type(pickle.load(open(sys.argv[1], 'rb'))).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(pickled)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "Mine\n"


def test_an_edited_file_gives_new_digests_to_its_own_classes_only(tmp_path):
    before = load_suite_file(written(tmp_path, SUITE)).methods
    after = load_suite_file(written(tmp_path, SUITE + "# edited\n")).methods
    assert digest_of(before["mine"]) != digest_of(after["mine"])
    assert digest_of(before["installed"]) == digest_of(after["installed"])


def test_a_moved_file_keeps_its_digests(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    here = load_suite_file(written(tmp_path, SUITE)).methods["mine"]
    there = load_suite_file(written(tmp_path / "elsewhere", SUITE)).methods["mine"]
    assert digest_of(here) == digest_of(there)


def test_modules_beside_the_file_can_be_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    written(tmp_path, "NAME = 'from beside'\n", "neighbour_of_a_suite.py")
    text = SUITE.replace('"mine",', "neighbour_of_a_suite.NAME,", 1)
    path = written(tmp_path, "import neighbour_of_a_suite\n" + text)
    assert load_suite_file(path).name == "from beside"


def test_nothing_is_written_beside_the_file(tmp_path):
    load_suite_file(written(tmp_path, SUITE))
    assert [path.name for path in tmp_path.iterdir()] == ["my-suite.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nsuite = (\n", r"my-suite\.py:2: SyntaxError: '\(' was never closed"),
        ("\nsuite = Siute()\n", r"my-suite\.py:2: NameError: name 'Siute'"),
        ("def f():\n    1 / 0\n\nf()\n", r"my-suite\.py:2: ZeroDivisionError"),
        ("import sys\nsys.exit(3)\n", r"my-suite\.py:2: SystemExit: 3"),
        ("import no_such_module\n", r"my-suite\.py:1: ModuleNotFoundError"),
        ("x = 1\n", r"my-suite\.py does not define 'suite'; end it with suite ="),
        ("suite = 'quick'\n", r"suite in .*my-suite\.py must be a mmbench\.Suite, got"),
        (SUITE.replace('"mine",', '"mine", seeds=[],', 1), r"\.py:9: .*has no seeds"),
        ("suite = '\0'\n", r"my-suite\.py.*null byte"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_line(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        load_suite_file(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"no\.py can't be read: No such file"):
        load_suite_file(tmp_path / "no.py")
