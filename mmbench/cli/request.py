"""What was asked of ``mmbench run``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.suites.tuning import Tuner

OF_A_TABLE = (
    *(
        "target",
        "task",
        "log_target",
        "label_separator",
        "min_class_size",
        "merge_rare",
        "key",
        "gallery_size",
        "text_target",
        "answers",
        "shot",
        "shot_length",
        "text",
        "image",
        "numeric",
        "categorical",
        "date",
        "audio",
        "video",
        "view",
        "embedding",
    ),
    *("group", "split", "sample_weight", "image_root"),
)
"""The options that describe a table."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked of ``mmbench run``; the fields are its options.

    Parameters
    ----------
    suite : str
        The name of a built-in suite, or the path of a Python file.
    data : path, optional
        The name of an installed dataset, a folder with a card, or a table.
    data_dir : path, optional
        Where datasets are installed.
    ignore_split : bool
        Whether folds replace a dataset's official split.
    target : tuple of str
        The table's column of labels, or several that mark one each.
    task : str, optional
        What kind of question the target is; by default what it looks like.
    log_target : bool
        Whether methods are fitted to the logarithm of the target.
    label_separator : str, optional
        What joins the labels in a cell of that column.
    min_class_size : int, optional
        How many samples a class must have to stay one.
    merge_rare : str, optional
        The class that smaller ones count as.
    key : str, optional
        The table's column of relevance keys.
    gallery_size : int, optional
        How many pictures a query is ranked among.
    answers : int, optional
        How many answers methods choose among.
    text_target : tuple of str
        The table's columns of texts to write.
    shot : str, optional
        The table's column of shots.
    shot_length : int, optional
        How many rows a shot has.
    text, image, numeric, categorical, audio, video : tuple of str
        The table's columns of each modality.
    date : tuple of str
        The table's columns of dates.
    view : tuple of str
        ``NAME=GLOB`` each: numeric columns that are a unit of their own.
    embedding : tuple of str
        The table's columns of lists of numbers, each a view of its own.
    group, split : str, optional
        The table's columns of groups and of the official split.
    sample_weight : str, optional
        The table's column of sample weights.
    image_root : path, optional
        The folder that image paths stay under.
    auto : bool
        Whether what columns look like says what they are for, where options don't.
    dataset, method : tuple of str
        Choose datasets by name and methods by pattern.
    metric : tuple of str
        The metrics, the first of which ranks; none leaves them to the tasks.
    class_weight : str, optional
        How predictors weigh classes.
    slices : tuple of str
        Columns whose values reports break scores down by.
    ignore : tuple of str
        The codes of checks whose warnings are ignored.
    rope : float, optional
        The region of practical equivalence; None leaves it to the suite.
    folds, repeats, seed : int, optional
        The splits; None leaves them to the suite.
    max_train_rows : int, optional
        How many rows methods are fitted to at most; None leaves it to the suite.
    weights : tuple of str
        ``ARCH=PATH`` each.
    vectors : path, optional
        A file of pretrained word vectors.
    text_model : tuple of str
        Folders or names of pretrained language models.
    dual_encoder : str, optional
        Folder or name of a pretrained dual encoder.
    tune : int or float, optional
        How many candidates each method tries, itself among them; or for how many
        seconds, which is known once its trials have been timed.
    tuner : {"random", "halving", "optuna"}, optional
        How candidates are found and tried; by default at random.
    """

    suite: str
    data: Path | None = None
    data_dir: Path | None = None
    ignore_split: bool = False
    target: tuple[str, ...] = ()
    task: str | None = None
    log_target: bool = False
    label_separator: str | None = None
    min_class_size: int | None = None
    merge_rare: str | None = None
    key: str | None = None
    gallery_size: int | None = None
    answers: int | None = None
    text_target: tuple[str, ...] = ()
    shot: str | None = None
    shot_length: int | None = None
    text: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    embedding: tuple[str, ...] = ()
    group: str | None = None
    split: str | None = None
    sample_weight: str | None = None
    image_root: Path | None = None
    auto: bool = False
    dataset: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    metric: tuple[str, ...] = ()
    class_weight: str | None = None
    slices: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rope: float | None = None
    folds: int | None = None
    repeats: int | None = None
    seed: int | None = None
    max_train_rows: int | None = None
    weights: tuple[str, ...] = ()
    vectors: Path | None = None
    text_model: tuple[str, ...] = ()
    dual_encoder: str | None = None
    tune: int | float | None = None
    tuner: Tuner | None = None

    @property
    def is_file(self) -> bool:
        """Whether the suite is a Python file, not a built-in one."""
        return self.suite.endswith(".py") or len(Path(self.suite).parts) > 1

    def refuse(self, options: Sequence[str], why: str) -> None:
        """Refuse options that don't fit the others.

        Parameters
        ----------
        options : sequence of str
            Names of fields.
        why : str
            What stands behind the option's name in the message.

        Raises
        ------
        UsageError
            When one of the options was given.
        """
        for name in options:
            if getattr(self, name) not in (None, (), False):
                raise UsageError(f"--{name.replace('_', '-')} {why}")
