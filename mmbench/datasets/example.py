"""The example of the documentation: a small table of characters with their pictures."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmbench.datasets.glyphs import load_glyphs
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["write_example"]

_SCRIPTS = ("CYRILLIC", "GEORGIAN", "GREEK", "LATIN")
_N_EACH = 40

_SUITE = """\
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from mmbench import Suite, read_table
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch

letters = read_table("letters/letters.csv", target="script", text=["name"])
classifiers = {"logistic": LogisticRegression(), "bayes": MultinomialNB()}
methods = {n: branch("name", TfidfVectorizer(), c) for n, c in classifiers.items()}
suite = Suite(name="mine", datasets=[letters], methods=methods, cv=5, seeds=[0, 1])
"""


def write_example(folder: Path) -> Path:
    """Write characters of four scripts as a table with pictures, and a suite on them.

    Parameters
    ----------
    folder : Path
        Is made; must not hold anything.

    Returns
    -------
    Path
        The table, ``letters.csv``: 160 rows with the columns ``name`` (text),
        ``image`` (a path), ``ink`` (a number), ``traits`` (labels joined by a bar) and
        ``script``. Its pictures are in a folder for each script under ``images``.

    Raises
    ------
    UsageError
        When the folder holds something, or can't be made.
    DataError
        When matplotlib's font is not there.
    """
    from PIL import Image

    samples = load_glyphs()
    rows = _rows(samples.y)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} must be empty; name another folder.")
        with (folder / "letters.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["name", "image", "ink", "traits", "script"])
            for row in rows:
                character, (name, pixels) = samples.X.index[row], samples.X.iloc[row]
                script = str(samples.y[row]).title()
                path = f"images/{script}/{character}.png"
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(255 - pixels).save(folder / path)
                ink = f"{pixels.mean() / 255:.4f}"
                table.writerow([name, path, ink, _traits(character), script])
        (folder / "suite.py").write_text(_SUITE, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}.") from error
    return folder / "letters.csv"


def _rows(scripts: NDArray[np.str_]) -> list[int]:
    """Return the same number of random rows of each script."""
    random = np.random.RandomState(0)
    of_each = [np.flatnonzero(scripts == script) for script in _SCRIPTS]
    chosen = [random.choice(rows, _N_EACH, replace=False) for rows in of_each]
    rows: list[int] = np.sort(np.concatenate(chosen)).tolist()
    return rows


def _traits(codepoint: str) -> str:
    """Return what a character is, a bar alone for nothing of this."""
    character = chr(int(codepoint.removeprefix("U+"), 16))
    category = unicodedata.category(character)
    has = {
        "capital": category == "Lu",
        "small": category == "Ll",
        "accented": bool(unicodedata.decomposition(character)),
    }
    return "|".join(trait for trait, is_so in has.items() if is_so) or "|"
