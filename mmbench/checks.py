"""The checks behind warnings: a code, a title, a severity and a remedy each.

What looks for something yields a `Finding` of its check. Codes never change their
meaning, so that they can be ignored by ``--ignore CODE``: MM1 is about leakage, MM2
about values, MM3 about targets and groups, MM4 about splits and sizes, MM5 about the
run and its report. ``docs/checks.md`` has a paragraph for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Self

from mmbench.errors import UnknownNameError

__all__ = ["CHECKS", "Check", "Finding", "check_codes", "check_of", "finding_of"]

DOCS = "docs/checks.md"


@dataclass(frozen=True)
class Check:
    """Something that a dataset, a run or a report is checked for.

    Parameters
    ----------
    code : str
        Short and unique; what ``--ignore`` takes.
    title : str
        What is found, in a few words.
    severity : {"info", "warning", "serious"}
        Whether scores are as they should be, may mislead, or are likely too good.
    remedy : str
        What to do about it.

    Examples
    --------
    >>> blurred = Check("LAB1", "Blurred scans", "warning", "scan the pages again")
    >>> finding = blurred.found("12 of 80 scans are blurred.")
    >>> finding, finding.check.code
    ('12 of 80 scans are blurred.', 'LAB1')
    """

    code: str
    title: str
    severity: Literal["info", "warning", "serious"]
    remedy: str

    @property
    def link(self) -> str:
        """Where the check is explained; empty for a check that is not mmbench's."""
        return f"{DOCS}#{self.code.lower()}" if self.code in CHECKS else ""

    def found(self, *sentence: str, method: str = "") -> Finding:
        """Return a finding of this check.

        Parameters
        ----------
        *sentence : str
            The words, in pieces where names among them are set apart.
        method : str, default=""
            The method that it is about, if it is about one.

        Returns
        -------
        Finding
        """
        return Finding(self, *sentence, method=method)


class Finding(str):
    """A sentence of warning that knows which check it comes from.

    Parameters
    ----------
    check : Check
        What was looked for.
    *sentence : str
        The words, in pieces where names among them are set apart.
    method : str, default=""
        The method that it is about, if it is about one.
    """

    check: Check
    sentence: tuple[str, ...]
    method: str

    def __new__(cls, check: Check, *sentence: str, method: str = "") -> Self:
        """Join the pieces to the string that a finding is."""
        self = super().__new__(cls, "".join(sentence))
        self.check, self.sentence, self.method = check, sentence, method
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what a copy is made of."""
        return (self.check, *self.sentence)


NOTE = Check(
    "MM001", "Note on the dataset", "info", "read the note; it names what to do"
)

DUPLICATES = Check(
    "MM101",
    "Duplicates across folds",
    "serious",
    "keep equal rows together with --group COL, or remove them",
)
TARGET_LEAKAGE = Check(
    "MM102",
    "Column that gives the target away",
    "serious",
    "leave the column out unless it is known before the target is",
)
SPLIT_GROUPS = Check(
    "MM103",
    "Groups on both sides of a fold",
    "serious",
    "choose a splitter that keeps groups together, such as StratifiedGroupKFold",
)
OFFICIAL_SPLIT_GROUPS = Check(
    "MM104",
    "Groups on both sides of the official split",
    "serious",
    "use folds that keep groups together with --ignore-split",
)
NOT_SEARCHED = Check(
    "MM105",
    "Search for leakage failed",
    "warning",
    "look for duplicates and leaking columns yourself, and report the error",
)

MISSING_VALUES = Check(
    "MM201", "Missing values", "info", "fill the cells where their values are known"
)
UNUSABLE_NUMBERS = Check(
    "MM202",
    "Numbers that can't be used",
    "warning",
    "correct infinite and huge numbers, or leave their cells empty",
)
UNUSABLE_IMAGES = Check(
    "MM203",
    "Images that can't be used",
    "warning",
    "correct the paths or the files, or name their folder with --image-root",
)
IMAGE_DEPTH = Check(
    "MM204",
    "Images that lose detail in 8 bits",
    "warning",
    "scale their values to 0 to 255 and save them in 8 bits",
)
UNUSABLE_RECORDINGS = Check(
    "MM205",
    "Recordings that can't be used",
    "warning",
    "correct the paths, or save the recordings as WAV files",
)
STRAY_QUOTES = Check(
    "MM206",
    "Stray quotation marks",
    "warning",
    "enclose such cells in quotation marks and double those in them",
)
WORDS_KNOWN = Check(
    "MM207",
    "Words that have a vector",
    "info",
    "if few have one, choose vectors of the texts' language and domain with --vectors",
)

UNLABELLED_ROWS = Check(
    "MM301", "Rows without a target", "info", "fill in the targets to use the rows"
)
VALIDATION_ROWS = Check(
    "MM302",
    "Validation rows left out",
    "info",
    "write 'train' or 'test' in the --split column to use the rows",
)
TASK_INFERRED = Check(
    "MM303", "Task taken from the target", "info", "say which it is with --task"
)
LOOK_ALIKES = Check(
    "MM304",
    "Names that look alike",
    "warning",
    "write names that mean the same in the same way",
)
MAYBE_MISSING = Check(
    "MM305",
    "Class that may be a missing label",
    "warning",
    "leave the cell empty where there is no label",
)
MAYBE_LISTS = Check(
    "MM306",
    "Labels that may be lists",
    "warning",
    "write lists in JSON Lines or Parquet, or join labels and use --label-separator",
)
NO_LABELS = Check(
    "MM307",
    "Samples that have no label",
    "info",
    "check that they have none; prefer micro- and macro-F1 to F1 over samples",
)
CONSTANT_LABEL = Check(
    "MM308", "Label that every row has", "warning", "leave the label out"
)
OUTLIERS = Check(
    "MM309",
    "Outliers in the target",
    "warning",
    "correct them, use --log-target, or rank by MAE",
)

UNTESTED_COLUMN = Check(
    "MM401",
    "Column missing in all test rows of a fold",
    "warning",
    "split so that every fold tests every column",
)
FEWER_INNER_FOLDS = Check(
    "MM402",
    "Fewer inner folds than asked for",
    "info",
    "ask for fewer inner folds, or collect more groups",
)
FEW_SAMPLES = Check("MM403", "Few samples", "warning", "collect more samples")
ONE_SPLIT = Check(
    "MM404",
    "One split only",
    "warning",
    "use several folds: --folds, and --ignore-split where the split is official",
)
FEW_FOLDS = Check("MM405", "Few folds", "info", "use more folds with --folds")
RARE_CLASSES = Check(
    "MM406",
    "Classes with few samples",
    "warning",
    "collect more samples of them, or rank by a metric that weighs rows alike",
)
UNDEFINED_AUC = Check(
    "MM407", "ROC AUC not defined", "info", "use fewer folds with --folds"
)
FEW_DATASETS = Check(
    "MM408",
    "Few datasets",
    "warning",
    "claim nothing over datasets, or run the suite on more of them",
)

MISSING_TRIALS = Check(
    "MM501",
    "Methods with trials missing",
    "warning",
    "read tables/failures.csv, mend the cause, and run again",
)
NOT_COMPARABLE = Check(
    "MM502",
    "Predictions that can't be compared",
    "warning",
    "run the method again with --fresh",
)
NO_PREDICTIONS = Check(
    "MM503",
    "Predictions not in the folder",
    "warning",
    "restore the predictions, or run again with --fresh",
)
MISSING_GLYPHS = Check(
    "MM504", "Characters missing from PNG figures", "info", "use the SVG figures"
)
METHOD_WARNING = Check(
    "MM505",
    "Warning of a method",
    "info",
    "read the message; it comes from the method's own library",
)

CHECKS = {each.code: each for each in [*globals().values()] if isinstance(each, Check)}
"""Every check of mmbench, by its code."""


def check_of(code: str) -> Check:
    """Return the check of a code that a results folder names.

    Parameters
    ----------
    code : str
        One of `CHECKS`, or of a check that is not mmbench's.

    Returns
    -------
    Check
        Of an unknown code, one that is called a note.
    """
    return CHECKS.get(code) or Check(code, NOTE.title, NOTE.severity, NOTE.remedy)


def finding_of(notice: str) -> Finding:
    """Return a notice as a finding: a bare sentence is a note on the dataset.

    Parameters
    ----------
    notice : str
        A sentence, or a finding already.

    Returns
    -------
    Finding
    """
    return notice if isinstance(notice, Finding) else NOTE.found(notice)


def check_codes(codes: Iterable[str], others: Iterable[str] = ()) -> None:
    """Check that there are checks of these codes.

    Parameters
    ----------
    codes : iterable of str
        What a user wants ignored.
    others : iterable of str, default=()
        Codes that exist beside mmbench's own.

    Raises
    ------
    UnknownNameError
        When a code is neither mmbench's nor one of the others.
    """
    known = {*CHECKS, *others}
    for code in codes:
        if code not in known:
            raise UnknownNameError("check", code, known)
