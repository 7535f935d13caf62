"""Cards: what is known about a dataset, checked, in a TOML file beside its data."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmbench.datasets.samples import Modality
from mmbench.errors import DataError, UnknownNameError

__all__ = ["Card", "Published", "load_card", "read_card"]

Text = Annotated[str, Field(min_length=1)]


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

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

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
        Under which licence, from where, and how to cite it.
    checksum : str
        ``sha256:`` and 64 hexadecimal digits; of what, `notes` says.
    task : {"classification"}
        What the labels are for.
    columns : dict of str to Modality
        The kind of every column of ``X``.
    target : str
        What the labels are.
    n_samples, n_classes : int
        Its size.
    notes : str, optional
        Whatever a reader of results should know.
    traps : tuple of str
        What makes a score on this dataset mean less than it seems to.
    published : tuple of Published
        Numbers to compare with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: Text
    version: Text
    licence: Text
    source: Text
    citation: Text
    checksum: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    task: Literal["classification"]
    columns: Annotated[dict[str, Modality], Field(min_length=1)]
    target: Text
    n_samples: Annotated[int, Field(ge=1)]
    n_classes: Annotated[int, Field(ge=2)]
    notes: str | None = None
    traps: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()


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
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        # By way of JSON, because strict validation of Python objects refuses the
        # lists that TOML has in place of tuples.
        return Card.model_validate_json(json.dumps(fields))
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise DataError(f"{path}: {_wrong_fields(error)}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise DataError(f"{path} is not a card in TOML: {error}.") from error


def load_card(name: str) -> Card:
    """Return the card of an embedded dataset.

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
        When no embedded dataset has this name.
    DataError
        When its card is not valid, or is another dataset's.

    Examples
    --------
    >>> load_card("digits").n_samples
    1797
    """
    paths = {path.parent.name: path for path in embedded_root().glob("*/card.toml")}
    if name not in paths:
        raise UnknownNameError("dataset", name, paths)
    card = read_card(paths[name])
    if card.name != name:
        raise DataError(
            f"{paths[name]}: name must be {name!r}, as its folder, got {card.name!r}."
        )
    return card


def embedded_root() -> Path:
    """Return the folder of the embedded datasets, in a wheel or in a checkout."""
    here = Path(__file__).parent
    installed = here / "embedded"
    return installed if installed.is_dir() else here.parents[1] / "datasets"


def _wrong_fields(error: ValidationError) -> str:
    """Name every wrong field and what is wrong with it, on one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
    )
