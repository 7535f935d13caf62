"""Every check of mmbench; codes never change their meaning.

MM1 is about leakage, MM2 about values, MM3 about targets and groups, MM4 about splits
and sizes, MM5 about the run and its report.
"""

from __future__ import annotations

from collections.abc import Iterable

from mmbench.checks.base import Check, Finding, Severity
from mmbench.errors import UnknownNameError

__all__ = ["CHECKS", "DOCS", "check_codes", "check_of", "finding_of"]

DOCS = "docs/checks.md"
"""Has a paragraph for each check."""


def _check(code: str, title: str, severity: Severity, remedy: str) -> Check:
    return Check(code, title, severity, remedy, link=f"{DOCS}#{code.lower()}")


NOTE = _check(
    "MM001", "Note on the dataset", "info", "read the note; it names what to do"
)
SAMPLED = _check(
    "MM002",
    "Leakage searched for in a sample",
    "info",
    "nothing; what concerns few rows may have been missed",
)

DUPLICATES = _check(
    "MM101",
    "Duplicates across folds",
    "serious",
    "keep equal rows together with --group COL, or remove them",
)
TARGET_LEAKAGE = _check(
    "MM102",
    "Target leakage",
    "serious",
    "leave the column out unless it is known before the target is",
)
SPLIT_GROUPS = _check(
    "MM103",
    "Groups on both sides of a fold",
    "serious",
    "choose a splitter that keeps groups together, such as StratifiedGroupKFold",
)
OFFICIAL_SPLIT_GROUPS = _check(
    "MM104",
    "Groups on both sides of the official split",
    "serious",
    "use folds that keep groups together with --ignore-split",
)
NOT_SEARCHED = _check(
    "MM105",
    "Search for leakage failed",
    "warning",
    "look for duplicates and leaking columns yourself, and report the error",
)
PROBABLE_LEAKAGE = _check(
    "MM106",
    "Probable target leakage",
    "warning",
    "leave the column out unless it is known before the target is",
)
TARGET_IN_TEXT = _check(
    "MM107",
    "Target in the text",
    "serious",
    "remove the pieces from the texts unless they are known before the target is",
)
TARGET_IN_FILE_NAMES = _check(
    "MM108",
    "Target in file names",
    "warning",
    "rename the files if a method of yours reads their names",
)
IMAGE_SIZE_LEAKAGE = _check(
    "MM109",
    "Image size or format that tells the target",
    "warning",
    "scale and save all images in the same way",
)
MISSINGNESS_LEAKAGE = _check(
    "MM110",
    "Missing cells that tell the target",
    "warning",
    "find out why they are missing, and leave the column out if the target decided it",
)
SORTED_ROWS = _check(
    "MM111",
    "Rows sorted by the target",
    "info",
    "nothing, unless a splitter of yours does not shuffle or row numbers are a column",
)
GROUP_IDS = _check(
    "MM112",
    "Group names in the text",
    "warning",
    "keep rows of a group together with --group COL, or remove the names",
)
NEAR_DUPLICATES = _check(
    "MM113",
    "Near-duplicates across folds",
    "serious",
    "keep such rows together with --group COL, or remove them",
)
REPEATED_CELLS = _check(
    "MM114",
    "Cells repeated across folds",
    "warning",
    "keep such rows together with --group COL where they are of one source",
)
MINOR_DUPLICATES = _check(
    "MM115",
    "Few or contradictory duplicates",
    "info",
    "remove them if they were not meant to be there",
)
STRONG_COLUMN = _check(
    "MM116",
    "Column that separates the target",
    "info",
    "check that its values are known before the target is",
)

MISSING_VALUES = _check(
    "MM201", "Missing values", "info", "fill the cells where their values are known"
)
UNUSABLE_NUMBERS = _check(
    "MM202",
    "Numbers that can't be used",
    "warning",
    "correct infinite and huge numbers, or leave their cells empty",
)
UNUSABLE_IMAGES = _check(
    "MM203",
    "Images that can't be used",
    "warning",
    "correct the paths or the files, or name their folder with --image-root",
)
IMAGE_DEPTH = _check(
    "MM204",
    "Images that lose detail in 8 bits",
    "warning",
    "scale their values to 0 to 255 and save them in 8 bits",
)
UNUSABLE_RECORDINGS = _check(
    "MM205",
    "Recordings that can't be used",
    "warning",
    "correct the paths, or save the recordings as WAV files",
)
STRAY_QUOTES = _check(
    "MM206",
    "Stray quotation marks",
    "warning",
    "enclose such cells in quotation marks and double those in them",
)
WORDS_KNOWN = _check(
    "MM207",
    "Word vector coverage",
    "info",
    "if few have one, choose vectors of the texts' language and domain with --vectors",
)
UNUSABLE_VIDEOS = _check(
    "MM208",
    "Videos that can't be used",
    "warning",
    "correct the paths or the files, or name their folder with --image-root",
)

UNLABELLED_ROWS = _check(
    "MM301", "Rows without a target", "info", "fill in the targets to use the rows"
)
VALIDATION_ROWS = _check(
    "MM302",
    "Validation rows left out",
    "info",
    "write 'train' or 'test' in the --split column to use the rows",
)
TASK_INFERRED = _check(
    "MM303", "Task taken from the target", "info", "say which it is with --task"
)
LOOK_ALIKES = _check(
    "MM304",
    "Look-alike names",
    "warning",
    "write names that mean the same in the same way",
)
MAYBE_MISSING = _check(
    "MM305",
    "Class that may be a missing label",
    "warning",
    "leave the cell empty where there is no label",
)
MAYBE_LISTS = _check(
    "MM306",
    "Labels that may be lists",
    "warning",
    "write lists in JSON Lines or Parquet, or join labels and use --label-separator",
)
NO_LABELS = _check(
    "MM307",
    "Samples that have no label",
    "info",
    "check that they have none; prefer micro- and macro-F1 to F1 over samples",
)
CONSTANT_LABEL = _check(
    "MM308", "Label that every row has", "warning", "leave the label out"
)
OUTLIERS = _check(
    "MM309",
    "Outliers in the target",
    "warning",
    "correct them, use --log-target, or rank by MAE",
)
CLASSES_LEFT_OUT = _check(
    "MM310",
    "Rare classes left out or merged",
    "info",
    "collect more samples of them, or choose another --min-class-size",
)
UNTRAINED_ANSWERS = _check(
    "MM311",
    "Answers that nothing trains on",
    "info",
    "nothing; methods that choose among trained answers can't give them",
)
UNSHARED_KEYS = _check(
    "MM312",
    "Key that no two rows share",
    "info",
    "name a column of what the rows show with --key, if several rows show the same",
)

UNTESTED_COLUMN = _check(
    "MM401",
    "Column missing in all test rows of a fold",
    "warning",
    "split so that every fold tests every column",
)
FEWER_INNER_FOLDS = _check(
    "MM402",
    "Fewer inner folds than asked for",
    "info",
    "ask for fewer inner folds, or collect more groups",
)
FEW_SAMPLES = _check("MM403", "Few samples", "warning", "collect more samples")
ONE_SPLIT = _check(
    "MM404",
    "One split only",
    "warning",
    "use several folds: --folds, and --ignore-split where the split is official",
)
FEW_FOLDS = _check("MM405", "Few folds", "info", "use more folds with --folds")
RARE_CLASSES = _check(
    "MM406",
    "Classes with few samples",
    "warning",
    "collect more samples of them, or rank by a metric that weighs rows alike",
)
UNDEFINED_AUC = _check(
    "MM407", "ROC AUC not defined", "info", "use fewer folds with --folds"
)
FEW_DATASETS = _check(
    "MM408",
    "Few datasets",
    "warning",
    "claim nothing over datasets, or run the suite on more of them",
)
FEWER_TRAIN_ROWS = _check(
    "MM409",
    "Fitted to a sample of the training rows",
    "info",
    "draw a learning curve with --train-sizes, or allow more with --max-train-rows",
)

MISSING_TRIALS = _check(
    "MM501",
    "Methods with trials missing",
    "warning",
    "read tables/failures.csv, fix the cause, and run again",
)
NOT_COMPARABLE = _check(
    "MM502",
    "Predictions that can't be compared",
    "warning",
    "run the method again with --fresh",
)
NO_PREDICTIONS = _check(
    "MM503",
    "Predictions not in the folder",
    "warning",
    "restore the predictions, or run again with --fresh",
)
MISSING_GLYPHS = _check(
    "MM504", "Characters missing from PNG figures", "info", "use the SVG figures"
)
METHOD_WARNING = _check(
    "MM505",
    "Warning of a method",
    "info",
    "read the message; it comes from the method's own library",
)
NO_NETWORK = _check(
    "MM506",
    "No pretrained image network",
    "warning",
    "pip install 'mmbench[pretrained]', or give a network with --weights",
)
HUBS = _check(
    "MM507",
    "Few items crowd the first places",
    "info",
    "choose a method with a lower skew; centring or another space may help",
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
        Codes that exist besides mmbench's own.

    Raises
    ------
    UnknownNameError
        When a code is neither mmbench's nor one of the others.
    """
    known = {*CHECKS, *others}
    for code in codes:
        if code not in known:
            raise UnknownNameError("check", code, known)
