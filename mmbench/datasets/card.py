"""Cards: what is known about a dataset, checked, in a TOML file beside its data."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from mmbench.datasets.layouts import Layout
from mmbench.datasets.samples import Modality
from mmbench.errors import DataError, UnknownNameError
from mmbench.tasks import TASKS
from mmbench.untrusted import check_regular

__all__ = ["Card", "DataFile", "Download", "Published", "load_card", "read_card"]

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Sha256 = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Hash = Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$")]


class DataFile(BaseModel):
    """A file, or a folder of files, that a dataset consists of.

    Attributes
    ----------
    path : str
        Relative to the dataset's folder; a folder's ends with a slash.
    checksum : str, optional
        ``sha256:`` and 64 hexadecimal digits: of the file, or of the list of the
        folder's files (:func:`mmbench.datasets.files.checksum_of_folder`). None where
        nobody who wrote the card has seen the file.
    n_files : int, optional
        How many files a folder holds.
    """

    model_config = _STRICT

    path: Text
    checksum: Sha256 | None = None
    n_files: Count | None = None

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if not parts or ".." in parts or path.startswith("/") or "\\" in path:
            raise ValueError("a path must be relative and stay in the folder")
        return path

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.endswith("/")


class Download(BaseModel):
    """A file or archive that ``mmbench datasets fetch`` downloads.

    Attributes
    ----------
    url : str
        Where it is.
    checksum : str, optional
        Of what comes from there, as ``sha256:`` or ``md5:`` and hexadecimal digits.
    unpack : bool, default=False
        Whether it is an archive.
    """

    model_config = _STRICT

    url: Annotated[str, Field(pattern=r"^https?://")]
    checksum: Hash | None = None
    unpack: bool = False


class Published(BaseModel):
    """A number that someone published, or that can be worked out, for a dataset.

    Attributes
    ----------
    method, metric : str
        What was scored, and by which metric.
    value : float
        The score.
    source : str
        Who says so.
    """

    model_config = _STRICT

    method: Text
    metric: Text
    value: float
    source: Text


class Card(BaseModel):
    """What is known about a dataset.

    Attributes
    ----------
    name, title, version : str
        Its identity. A change of the samples is a change of version.
    licence, source, citation : str
        Under which licence, from where, and how to cite it; ``unstated`` where its
        makers don't say.
    status : str
        ``embedded`` (comes with mmbench), ``proven`` (read and measured), or ``layout
        tested, numbers not`` (the reader is tested on a small copy of the layout).
    obtain : str
        How to get it.
    task : str
        What the targets are for: the ``card_name`` of a task.
    columns : dict of str to Modality
        The kind of every column of ``X``.
    views : dict of str to int
        Names of numeric views and how many columns each has: ``kar = 64`` stands for
        the numeric columns ``kar_0`` to ``kar_63``.
    target : str
        What the labels are.
    n_samples, n_classes : int, optional
        The rows that it loads into, and their classes; None where that is not known.
    classes : tuple of str
        The classes, where they are few.
    official_split : dict of str to int
        How many samples each part of the official split has; empty without one.
    gallery_size : int, optional
        How many pictures the galleries of retrieval have that published numbers are
        of: COCO's of a thousand, in the order of the test rows.
    checksum : str, optional
        Of an embedded dataset; of what, `notes` says.
    files : tuple of DataFile
        What it consists of.
    downloads : tuple of Download
        Where it can be downloaded without asking anybody.
    reader : layout, optional
        How the files are laid out; None for an embedded dataset.
    notes : str, optional
        Whatever a reader of results should know.
    traps, leaks : tuple of str
        What makes a score mean less than it seems to, and what the leak checks find.
    published : tuple of Published
        Numbers to compare with.
    """

    model_config = _STRICT

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: Text
    version: Text
    licence: Text
    source: Text
    citation: Text
    status: Literal["embedded", "proven", "layout tested, numbers not"]
    obtain: Text
    task: str
    columns: dict[str, Modality] = Field(default_factory=dict)
    views: dict[str, Count] = Field(default_factory=dict)
    target: Text
    n_samples: Count | None = None
    n_classes: Annotated[int, Field(ge=2)] | None = None
    classes: tuple[Text, ...] = ()
    official_split: dict[Literal["train", "test", "validation"], Count] = Field(
        default_factory=dict
    )
    gallery_size: Count | None = None
    checksum: Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64})?$")] = ""
    files: tuple[DataFile, ...] = ()
    downloads: tuple[Download, ...] = ()
    reader: Layout | None = None
    notes: str | None = None
    traps: tuple[Text, ...] = ()
    leaks: tuple[Text, ...] = ()
    published: tuple[Published, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not (self.columns or self.views):
            raise ValueError("there must be columns or views")
        if self.status == "embedded":
            if not (self.checksum and self.n_samples):
                raise ValueError("embedded data needs checksum and n_samples")
        elif self.reader is None or not self.files:
            raise ValueError("data that is not embedded needs a reader and files")
        if self.status == "proven" and any(f.checksum is None for f in self.files):
            raise ValueError("a proven dataset needs the checksum of each file")
        if self.classes and len(self.classes) != self.n_classes:
            raise ValueError(f"classes must be {self.n_classes} names")
        return self

    @property
    def task_name(self) -> str:
        """The name of the task."""
        return next(t.name for t in TASKS.values() if t.card_name == self.task)

    @field_validator("task")
    @classmethod
    def _is_known(cls, task: str) -> str:
        known = [each.card_name for each in TASKS.values()]
        if task not in known:
            raise ValueError(f"must be one of {known}")
        return task

    @property
    def modalities(self) -> dict[str, Modality]:
        """The kind of every column, those of views written out."""
        numbered: dict[str, Modality] = {
            column: "numeric"
            for columns in self.view_columns.values()
            for column in columns
        }
        return self.columns | numbered

    @property
    def sources(self) -> dict[str, str]:
        """What each column is part of: its view, or else its modality."""
        of_views = {c: view for view, cs in self.view_columns.items() for c in cs}
        return dict(self.modalities) | of_views

    @property
    def view_columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of every view, ``kar_0`` and so on."""
        return {
            view: tuple(f"{view}_{i}" for i in range(n_columns))
            for view, n_columns in self.views.items()
        }


def read_card(path: Path) -> Card:
    """Read and check a card.

    Parameters
    ----------
    path : Path
        A TOML file. What it holds is data: nothing in it is executed.

    Returns
    -------
    Card

    Raises
    ------
    DataError
        When the file can't be read, is not TOML, or a field is missing, unknown or
        wrong; the message names the file and every such field.
    """
    try:
        check_regular(path)
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        # By way of JSON, because strict validation of Python objects refuses the
        # lists that TOML has in place of tuples.
        card = Card.model_validate_json(json.dumps(fields))
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise DataError(f"{path}: {_wrong_fields(error)}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise DataError(f"{path} is not a card in TOML: {error}.") from error
    if path.name == "card.toml" and card.name != path.resolve().parent.name:
        raise DataError(
            f"{path}: name must be {path.resolve().parent.name!r}, as its folder, got "
            f"{card.name!r}."
        )
    return card


def load_card(name: str) -> Card:
    """Return the card of a dataset of the catalogue.

    Parameters
    ----------
    name : str
        The dataset's name, which is the name of its folder.

    Returns
    -------
    Card

    Raises
    ------
    UnknownNameError
        When no dataset of the catalogue has this name.
    DataError
        When its card is not valid, or belongs to another dataset.

    Examples
    --------
    >>> load_card("digits").n_samples
    1797
    """
    paths = card_paths()
    if name not in paths:
        raise UnknownNameError("dataset", name, paths)
    return read_card(paths[name])


def card_paths() -> dict[str, Path]:
    """Return the file of every card of the catalogue, by the dataset's name."""
    paths = sorted(_embedded_root().glob("*/card.toml"))
    return {path.parent.name: path for path in paths}


def _embedded_root() -> Path:
    """Return the folder of the embedded datasets, in a wheel or in a checkout."""
    here = Path(__file__).parent
    installed = here / "embedded"
    return installed if installed.is_dir() else here.parents[1] / "datasets"


def _wrong_fields(error: ValidationError) -> str:
    """Name every wrong field and what is wrong with it, on one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
    )
