"""Duplicates and near-duplicates that a split can separate."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.checks import Check, Finding
from mmbench.checks.catalogue import (
    DUPLICATES,
    MINOR_DUPLICATES,
    NEAR_DUPLICATES,
    REPEATED_CELLS,
)
from mmbench.datasets.leakage.near_texts import nearly_equal_texts, sampled_texts
from mmbench.datasets.leakage.pictures import nearly_equal_images

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.leakage.evidence import Evidence
    from mmbench.datasets.samples import Samples

__all__ = ["duplicates", "near_duplicates"]

_NOUNS = {"text": "text", "image": "picture"}
# Fewer duplicates hardly change a score: of two in a hundred rows, a method would have
# answered most without them.
_FEW = 0.02
# A column that repeats some is no more than that: the others differ.
_SOME = 0.05
# A column whose cells mostly stand in other rows, too, repeats them by design.
_BY_DESIGN = 0.5
# Agreement beyond chance of the targets of rows that share a cell.
_SAME_TARGET = 0.8
_MOST_FILES, _MOST_CHARACTERS = 3000, 8_000_000


class _Repeated(NamedTuple):
    """Rows that share something with a row that a split can part them from."""

    rows: NDArray[np.intp]
    n_same_target: int
    agreement: float
    share: float


def duplicates(evidence: Evidence) -> Iterator[Finding]:
    """Yield findings of rows that are equal, and of cells that are.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        With counts; by its check how much it matters.
    """
    whole = _equal_rows(evidence)
    equal = _repeated(whole, evidence)
    is_single = len(evidence.modalities) == 1
    for name in evidence.columns("text", "image"):
        noun = _NOUNS[evidence.modalities[name]]
        codes = cell_codes(evidence, name)
        found = _repeated(codes, evidence)
        what = f"column {name!r}: ", f"have the same {noun} as"
        if is_single:
            yield from _said(found, *what, evidence)
        elif len(found.rows) > len(equal.rows) and found.share < _BY_DESIGN:
            is_telling = found.agreement >= _SAME_TARGET and found.share >= _SOME
            check = REPEATED_CELLS if is_telling else MINOR_DUPLICATES
            yield from _said(found, *what, evidence, check)
    if not is_single and _tells_rows_apart(evidence):
        yield from _said(equal, "", "are equal in every column to", evidence)


def _tells_rows_apart(evidence: Evidence) -> bool:
    """Return whether equal rows are hardly so by chance."""
    if any(kind not in _FEW_VALUED for kind in evidence.modalities.values()):
        return True
    X = evidence.samples.X
    return any(X[name].nunique() > _MANY_VALUES * len(X) for name in X)


_FEW_VALUED = ("numeric", "categorical")
_MANY_VALUES = 0.5


def near_duplicates(evidence: Evidence) -> Iterator[Finding]:
    """Yield findings of texts and images that are equal but for little.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        None where they are few, or their targets have nothing in common.
    """
    for name in evidence.columns("text", "image"):
        codes = cell_codes(evidence, name)
        exact = _repeated(codes, evidence)
        if exact.share >= _BY_DESIGN and len(evidence.modalities) > 1:
            continue
        is_text = evidence.modalities[name] == "text"
        pairs = (
            _near_texts(evidence, name, codes)
            if is_text
            else _near_images(evidence, name)
        )
        near = _repeated(_joined(codes, pairs), evidence)
        more = np.setdiff1d(near.rows, exact.rows)
        share = near.share * len(more) / max(len(near.rows), 1)
        if share < _FEW / 2 or near.agreement < _OFTEN_SAME_TARGET:
            continue
        n_same = min(near.n_same_target, len(more))
        rest = _REST[evidence.modalities[name]]
        words = f"column {name!r}: ", f"have nearly the same {rest} as"
        check = NEAR_DUPLICATES if share >= _FEW else MINOR_DUPLICATES
        found = near._replace(rows=more, n_same_target=n_same, share=share)
        yield from _said(found, *words, evidence, check)


_OFTEN_SAME_TARGET = 0.5
_REST = {
    "text": "text (but for case, spaces or one character)",
    "image": "picture (saved in another way)",
}


def cell_codes(evidence: Evidence, name: str) -> NDArray[np.intp]:
    """Return the number of each cell's value, from 0; -1 where it is missing.

    Parameters
    ----------
    evidence : Evidence
        The rows.
    name : str
        Of a column.

    Returns
    -------
    ndarray of int
        Texts are equal without spaces at their ends, images and videos when their
        files are.
    """
    import pandas as pd

    if name not in evidence.codes:
        if evidence.modalities[name] == "numeric":
            values = evidence.samples.X[name]
        else:
            cells = evidence.cells(name)
            in_files = evidence.modalities[name] in ("image", "video")
            keys = _file_keys(cells) if in_files else map(_key, cells)
            values = pd.Series(list(keys), dtype=object)
        evidence.codes[name] = pd.factorize(values)[0]
    return evidence.codes[name]


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
    paths = dict.fromkeys(cell for cell in cells if isinstance(cell, str))
    sizes = {path: Path(path).stat().st_size for path in paths if Path(path).is_file()}
    alike = Counter(sizes.values())
    read = [path for path, size in sizes.items() if alike[size] > 1][:_MOST_FILES]
    keys: dict[str, Hashable] = dict(zip(paths, paths, strict=True))
    keys |= {path: _digest(Path(path).read_bytes()) for path in read}
    for cell in cells:
        yield keys[cell] if isinstance(cell, str) else _key(cell)


def _equal_rows(evidence: Evidence) -> NDArray[np.intp]:
    """Return equal numbers for rows that are equal in every column, -1 for all others.

    Rows that have no text and no image, where there are such columns, are left out, as
    are rows that are missing in every column.
    """
    contents = evidence.columns("text", "image", "audio", "video")
    rest = [name for name in evidence.modalities if name not in contents]
    rows, part = np.arange(len(evidence)), np.zeros(len(evidence), dtype=np.intp)
    for names in (contents, rest):
        has_any = np.zeros(len(evidence), dtype=bool)
        for name in names:
            codes = cell_codes(evidence, name)
            has_any |= codes >= 0
            part, n = _refined(part, codes[rows])
            kept = n[part] > 1
            rows, part = rows[kept], part[kept]
            if not len(rows):
                break
        if names:
            rows, part = rows[has_any[rows]], part[has_any[rows]]
            if names is contents and not len(rows):
                break
    whole = np.full(len(evidence), -1)
    whole[rows] = part
    return whole


def _refined(
    part: NDArray[np.intp], codes: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Part rows further by their codes; return the parts and their sizes."""
    table = part * (codes.max(initial=0) + 2) + codes + 1
    _, parts, sizes = np.unique(table, return_inverse=True, return_counts=True)
    return parts, sizes


def _near_texts(
    evidence: Evidence, name: str, codes: NDArray[np.intp]
) -> list[tuple[int, int]]:
    firsts = np.unique(codes[codes >= 0], return_index=True)[1]
    rows = np.flatnonzero(codes >= 0)[firsts]
    texts = [evidence.cells(name)[row] for row in rows]
    chosen = sampled_texts(texts, _MOST_CHARACTERS)
    if len(chosen) < len(texts):
        what = f"{len(chosen):,} of {len(texts):,} texts"
        evidence.sampled["nearly equal texts"] = what
    pairs = nearly_equal_texts([texts[i] for i in chosen])
    return [(int(rows[chosen[a]]), int(rows[chosen[b]])) for a, b in pairs]


def _near_images(evidence: Evidence, name: str) -> list[tuple[int, int]]:
    rows, copies = evidence.images(name)
    pairs = nearly_equal_images(copies) if copies else []
    return [(int(rows[a]), int(rows[b])) for a, b in pairs]


def _joined(
    codes: NDArray[np.intp], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.intp]:
    """Return codes that are equal for rows whose values are linked by pairs of rows."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = int(codes.max(initial=-1)) + 1
    if not pairs:
        return codes
    a, b = codes[np.array(pairs).T]
    links = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    parts = connected_components(links, directed=False)[1]
    return np.where(codes < 0, -1, parts[codes])


def _repeated(codes: NDArray[np.intp], evidence: Evidence) -> _Repeated:
    samples, y = evidence.samples, evidence.y
    same_value = np.flatnonzero(_met(codes, samples))
    n_alike = int(_met(_paired(codes, y), samples).sum())
    n_tested = len(y) if samples.split is None else int((samples.split == "test").sum())
    agreement = _agreement(codes, y)
    return _Repeated(same_value, n_alike, agreement, len(same_value) / max(n_tested, 1))


def _agreement(codes: NDArray[np.intp], y: NDArray[np.intp]) -> float:
    """Return how often rows with the same value have the same target, beyond chance."""
    known = codes >= 0

    def n_pairs(numbers: NDArray[np.intp]) -> float:
        sizes = np.bincount(numbers[known]).astype(float)
        return float((sizes * (sizes - 1)).sum())

    shares = np.bincount(y) / len(y)
    chance = float(shares @ shares)
    if not n_pairs(codes) or chance == 1:
        return 0.0
    same = n_pairs(_paired(codes, y)) / n_pairs(codes)
    return (same - chance) / (1 - chance)


def _said(
    found: _Repeated,
    start: str,
    words: str,
    evidence: Evidence,
    check: Check | None = None,
) -> Iterator[Finding]:
    """Say how many rows share a value with a row that a split can part them from."""
    samples, n = evidence.samples, len(found.rows)
    if not n:
        return
    if samples.split is None:
        rows, other = f"{len(samples.X):,} rows", "another row"
        so = "so folds can test on what they trained on; keep them together by groups"
    else:
        n_test = int((samples.split == "test").sum())
        rows, other = f"{n_test:,} test rows", "a training row"
        so = "so the split tests on what it trains on"
    is_minor = found.share < _FEW or not found.n_same_target
    check = check or (MINOR_DUPLICATES if is_minor else DUPLICATES)
    if check is MINOR_DUPLICATES:
        so = "too few to change scores much" if is_minor else "but other columns differ"
    alone = "that column alone cannot" if start else "no method can"
    labels = (
        f"{found.n_same_target:,} of them with the same target, {so}"
        if found.n_same_target
        else f"never with the same target, so {alone} predict all of them"
    )
    first = samples.X.index[int(found.rows[0])]
    yield check.found(
        f"{start}{n:,} of {rows} {words} {other}, {labels} (the first: {first})."
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
    """Return numbers of the pairs of a value and a target; -1 where it is missing."""
    numbers = np.unique(codes * (int(y.max()) + 1) + y, return_inverse=True)[1]
    return np.where(codes < 0, -1, numbers)
