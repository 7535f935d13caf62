"""What in the samples would make scores better than they deserve to be.

Every check looks at all rows at once through hashes, so that 100,000 rows take
seconds; nothing is changed, and nothing is learnt that a method could use.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import DUPLICATES, NOT_SEARCHED, SPLIT_GROUPS
from mmbench.datasets.checksum import cells_of
from mmbench.datasets.giveaways import giveaways

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Modality, Samples
    from mmbench.tasks import Task

__all__ = ["find_leaks", "straddling_groups"]

_NOUNS = {"text": "text", "image": "picture"}


def find_leaks(
    task: Task, samples: Samples, modalities: Mapping[str, Modality]
) -> list[Finding]:
    """Return what could let a method score without having learnt anything.

    Looked for are equal texts and equal pictures that a split can part, samples that
    are equal in every column, and columns that give the label away.

    Parameters
    ----------
    task : Task
        Knows which targets are the same.
    samples : Samples
        Rows of one group stay together and are not held against each other; where
        there is an official split, test rows are compared with training rows.
    modalities : mapping of str to Modality
        The kind of every column of ``samples.X``.

    Returns
    -------
    list of Finding
        One sentence each, with counts; empty when nothing was found.

    Notes
    -----
    Texts are equal when their characters are, spaces at their ends not counted;
    pictures when their files or their pixels are, byte by byte [1]_.

    References
    ----------
    .. [1] S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012). Leakage in data
       mining: formulation, detection, and avoidance. ACM TKDD 6(4), 15.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> X = pd.DataFrame({"text": ["red", "blue", "red", "green"]})
    >>> from mmbench.tasks import get_task
    >>> samples = Samples(X, np.array([0, 1, 0, 1]))
    >>> find_leaks(get_task("classification"), samples, {"text": "text"})
    ["column 'text': 2 of 4 rows have the same text as another row, 2 of them with ...
    """
    try:
        codes = {n: _codes(samples.X[n], kind) for n, kind in modalities.items()}
        target = task.data.completed(samples.target)
        y, questions = task.data.codes(target), list(task.data.questions(target))
    except Exception as error:  # noqa: BLE001 - no side check may end a run
        return [_failed("equal rows and for columns that give the target away", error)]
    columns = modalities, codes
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "equal rows": lambda: _duplicates(samples, y, *columns),
        "columns that give the target away": lambda: giveaways(
            samples, questions, *columns
        ),
    }
    found: list[Finding] = []
    for what, check in checks.items():
        try:
            found += check()
        except Exception as error:  # noqa: BLE001 - no side check may end a run
            found.append(_failed(what, error))
    return found


def _failed(what: str, error: Exception) -> Finding:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = f"{type(error).__name__}: {lines[0][:200]}" if lines else repr(error)[:200]
    return NOT_SEARCHED.found(
        f"the search for {what} failed ({reason}), so there may be some."
    )


def straddling_groups(
    groups: NDArray[Any], folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> list[Finding]:
    """Return a sentence when folds have rows of one group on both sides.

    Parameters
    ----------
    groups : ndarray of shape (n_samples,)
        The group of each row.
    folds : sequence of (ndarray, ndarray)
        The numbers of the training rows and of the test rows.

    Returns
    -------
    list of Finding
        Empty when every group stays together.

    Examples
    --------
    >>> fold = np.array([0, 2]), np.array([1])
    >>> straddling_groups(np.array(["a", "a", "b"]), [fold])
    ["1 of 2 groups, such as 'a', have rows on both sides of a fold; choose a ...
    """
    both: set[Any] = set()
    for train, test in folds:
        both.update(np.intersect1d(groups[train], groups[test]).tolist())
    if not both:
        return []
    n_groups, first = len(np.unique(groups)), min(both)
    sentence = (
        f"{len(both):,} of {n_groups:,} groups, such as {first!r}, have rows on both "
        "sides of a fold; choose a splitter that keeps groups together."
    )
    return [SPLIT_GROUPS.found(sentence)]


def _codes(column: pd.Series[Any], kind: Modality) -> NDArray[np.intp]:
    """Return the number of each cell's value, from 0; -1 where it is missing."""
    import pandas as pd

    if kind == "numeric":
        return pd.factorize(column)[0]
    cells = cells_of(column)
    keys = _file_keys(cells) if kind == "image" else map(_key, cells)
    return pd.factorize(pd.Series(list(keys), dtype=object))[0]


def _key(cell: Any) -> Hashable:
    """Return what two cells share when they are equal; None for one without content."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bytes):
        return _digest(cell)
    if isinstance(cell, np.ndarray):
        return f"{cell.dtype}{cell.shape}{_digest(cell.tobytes())!r}"
    if hasattr(cell, "tobytes") and hasattr(cell, "mode"):  # a PIL image
        return f"{cell.mode}{cell.size}{_digest(cell.tobytes())!r}"
    return cell  # type: ignore[no-any-return]


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _file_keys(cells: Sequence[Any]) -> Iterator[Hashable]:
    """Yield the keys of pictures; a file is read only if another has its size."""
    paths = {cell for cell in cells if isinstance(cell, str)}
    sizes = {path: Path(path).stat().st_size for path in paths if Path(path).is_file()}
    alike = Counter(sizes.values())
    keys: dict[str, Hashable] = {
        path: (_digest(Path(path).read_bytes()) if alike[size] > 1 else path)
        for path, size in sizes.items()
    }
    for cell in cells:
        yield keys.get(cell, cell) if isinstance(cell, str) else _key(cell)


def _duplicates(
    samples: Samples,
    y: NDArray[np.intp],
    modalities: Mapping[str, Modality],
    codes: Mapping[str, NDArray[np.intp]],
) -> Iterator[Finding]:
    for name, kind in modalities.items():
        if kind in _NOUNS:
            what = f"column {name!r}: ", f"have the same {_NOUNS[kind]} as"
            yield from _shared(samples, y, codes[name], *what)
    if len(codes) > 1:
        table = np.column_stack(list(codes.values()))
        whole = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
        empty = (table < 0).all(axis=1)
        what = "", "are equal in every column to"
        yield from _shared(samples, y, np.where(empty, -1, whole), *what)


def _shared(
    samples: Samples,
    y: NDArray[np.intp],
    codes: NDArray[np.intp],
    start: str,
    words: str,
) -> Iterator[Finding]:
    """Say how many rows share a value with a row that a split can part them from."""
    same_value = _met(codes, samples)
    same_label = _met(_paired(codes, y), samples)
    n_met, n_alike = int(same_value.sum()), int(same_label.sum())
    if not n_met:
        return
    if samples.split is None:
        rows, other = f"{len(y):,} rows", "another row"
        so = "folds can test on what they trained on; keep them together by groups"
    else:
        rows, other = f"{(samples.split == 'test').sum():,} test rows", "a training row"
        so = "the split tests on what it trains on"
    same = "the same target"
    labels = (
        f"{n_alike:,} of them with {same}, so {so}"
        if n_alike
        else f"never with {same}, so by this alone not all can be told right"
    )
    first = samples.X.index[int(np.flatnonzero(same_value)[0])]
    yield DUPLICATES.found(
        f"{start}{n_met:,} of {rows} {words} {other}, {labels} (the first: {first})."
    )


def _met(codes: NDArray[np.intp], samples: Samples) -> NDArray[np.bool_]:
    """Mark the rows whose value is met again on the other side of a split."""
    known = codes >= 0
    if samples.split is not None:
        trained = np.unique(codes[samples.split == "train"])
        tested: NDArray[np.bool_] = samples.split == "test"
        return known & tested & np.isin(codes, trained)
    if samples.groups is None:
        sizes = np.bincount(codes[known], minlength=1)
        return known & (sizes[codes] > 1)
    # In how many groups a value is: one entry for each pair of a value and a group.
    groups = np.unique(samples.groups, return_inverse=True)[1]
    pairs = np.unique(np.column_stack([codes, groups])[known], axis=0)
    n_groups = np.bincount(pairs[:, 0], minlength=1)
    return known & (n_groups[codes] > 1)


def _paired(codes: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return numbers of the pairs of a value and a label; -1 where it is missing."""
    n_classes = int(y.max()) + 1
    numbers = np.unique(codes * n_classes + y, return_inverse=True)[1]
    return np.where(codes < 0, -1, numbers)
