"""A fitted model as a file of skops, and back; loading executes nothing of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmbench.errors import StoreError, UsageError, require_installed
from mmbench.export.indices import check_indices
from mmbench.export.keys import pack_keys, unpack_keys
from mmbench.export.trusted import TRUSTED
from mmbench.results import read_file, write_file
from mmbench.untrusted import allowance, short

__all__ = ["check_types", "dump_model", "read_model"]

_MOST_NAMED = 3


def dump_model(model: Any, path: Path, *, trusted: Sequence[str] = ()) -> None:
    """Write a fitted model, unless something in it could not be loaded again.

    Parameters
    ----------
    model : estimator
        Fitted; it can't be asked any more.
    path : Path
        The file, which is replaced.
    trusted : sequence of str, default=()
        Types to allow besides mmbench's, by their full names.

    Raises
    ------
    UsageError
        When it holds something that skops can't keep, or a type that is not trusted.
    MissingDependencyError
        When skops is not installed.
    """
    require_installed("skops", extra="export")
    from skops.io import dumps
    from skops.io.exceptions import UnsupportedTypeException

    pack_keys(model)
    try:
        content = dumps(model, compression=zipfile.ZIP_DEFLATED)
    except (UnsupportedTypeException, TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"{type(model).__name__} holds something that can't be saved safely: "
            f"{error}"
        ) from error
    check_types(content, trusted)
    write_file(path, content)


def read_model(path: Path, *, trusted: Sequence[str] = ()) -> Any:
    """Read a model back.

    Parameters
    ----------
    path : Path
        What `dump_model` wrote.
    trusted : sequence of str, default=()
        Types to allow besides mmbench's, by their full names.

    Returns
    -------
    estimator
        Fitted.

    Raises
    ------
    StoreError
        When it is damaged, or swells beyond reason.
    UsageError
        When it holds a type that is not trusted; nothing of it was executed.
    MissingDependencyError
        When skops is not installed.
    """
    require_installed("skops", extra="export")
    from skops.io import loads

    content = read_file(path)
    _check_size(content, path)
    check_types(content, trusted)
    try:
        model = loads(content, trusted=[*TRUSTED, *trusted])
    except Exception as error:
        raise StoreError(
            f"{path} can't be loaded: {type(error).__name__}: {short(str(error), 200)}"
        ) from error
    unpack_keys(model)
    check_indices(model)
    return model


def check_types(content: bytes, trusted: Sequence[str] = ()) -> None:
    """Refuse types that are neither scikit-learn's nor listed, without loading any.

    Parameters
    ----------
    content : bytes
        A file of skops.
    trusted : sequence of str, default=()
        Types to allow besides those of :data:`~mmbench.export.trusted.TRUSTED`.

    Raises
    ------
    UsageError
        When there is such a type.
    StoreError
        When it is not a file of skops.
    """
    from skops.io import get_untrusted_types

    try:
        found = set(get_untrusted_types(data=content))
    except (KeyError, ValueError, TypeError, json.JSONDecodeError, OSError) as error:
        raise StoreError(f"the model's file is damaged: {error}.") from error
    except zipfile.BadZipFile as error:
        raise StoreError(
            "the model's file is damaged: it is not an archive."
        ) from error
    foreign = sorted(found - TRUSTED - set(trusted))
    if foreign:
        more = f" and {len(foreign) - _MOST_NAMED} more" * (len(foreign) > _MOST_NAMED)
        raise UsageError(
            f"the model holds {', '.join(foreign[:_MOST_NAMED])}{more}, which mmbench "
            "does not trust: nothing was executed. If you know where it comes from, "
            "name these types in trusted=[...]."
        )


def _check_size(content: bytes, path: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            n_bytes = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise StoreError(f"{path} is damaged: it is not an archive.") from error
    if n_bytes > allowance(len(content)):
        raise StoreError(
            f"{path} holds {n_bytes:,} bytes in {len(content):,}, too many for a "
            f"genuine model."
        )
