"""Plant leakage of every kind, two of each, and see how much of it is found.

Then look at sets without leakage, again and again, for false alarms: findings whose
severity is a warning or more. Both are done with several seeds, and give each check its
detection and false-alarm rate, as ``docs/checks.md`` states them.

    python benchmarks/planted_leaks.py
    python benchmarks/planted_leaks.py --seeds 20 --verbose
    python benchmarks/planted_leaks.py --data DIR   # with real sets that lie there
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from innocent_sets import INNOCENT, Rng, Set, frame, pictures, topics
from numpy.typing import NDArray
from PIL import Image

from mmbench.checks import Finding
from mmbench.datasets import Samples, find_leaks, load_card, read_dataset
from mmbench.tasks import get_task

_NAMES = np.array(["sports", "politics", "travel", "music"])
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
_ALARMS = ("warning", "serious")


class Planted(NamedTuple):
    """A set with leakage, and the checks that are to find it."""

    plant: Callable[[Rng, Path], Set]
    codes: frozenset[str]


PLANTS: dict[str, Planted] = {}


def _plants(name: str, *codes: str) -> Callable[[Any], Any]:
    def keep(plant: Callable[[Rng, Path], Set]) -> Callable[[Rng, Path], Set]:
        PLANTS[name] = Planted(plant, frozenset(codes))
        return plant

    return keep


def _labels(rng: Rng, n: int = 500) -> NDArray[np.int64]:
    return rng.integers(0, 4, n)


def _noisy(rng: Rng, y: NDArray[np.int64], noise: float) -> NDArray[np.int64]:
    return np.where(rng.random(len(y)) < noise, rng.integers(0, 4, len(y)), y)


@_plants("category, 2 % noise", "MM102", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y = _labels(rng)
    X = frame(text=topics(rng, y), desk=[f"D{v}" for v in _noisy(rng, y, 0.02)])
    return Set(Samples(X, y), {"text": "text", "desk": "categorical"})


@_plants("number, 10 % noise", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y = _labels(rng)
    codes = rng.permutation(40)[:4]
    X = frame(a=rng.normal(size=len(y)), b=codes[_noisy(rng, y, 0.1)].astype(float))
    return Set(Samples(X, y), {"a": "numeric", "b": "numeric"})


@_plants("target with noise", "MM102", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y = rng.gamma(3, 100, 500)
    X = frame(a=rng.normal(size=500), b=3 * y + rng.normal(0, 0.15 * y.std(), 500))
    return Set(Samples(X, y), dict.fromkeys("ab", "numeric"), get_task("regression"))


@_plants("target, 8 % of the rows swapped", "MM102", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y = rng.gamma(3, 100, 500)
    b = np.where(rng.random(500) < 0.08, rng.permutation(y), y)
    X = frame(a=rng.normal(size=500), b=np.log(b))
    return Set(Samples(X, y), dict.fromkeys("ab", "numeric"), get_task("regression"))


def _texts(rng: Rng, said: Callable[[str], str], share: float = 1.0) -> Set:
    y = _labels(rng)
    texts = topics(rng, y, n_said=2)
    for row in np.flatnonzero(rng.random(len(y)) < share):
        words = texts[row].split()
        words.insert(int(rng.integers(len(words) + 1)), said(_NAMES[y[row]]))
        texts[row] = " ".join(words)
    return Set(Samples(frame(text=texts), _NAMES[y]), {"text": "text"})


@_plants("inside an article number", "MM107")
def _(rng: Rng, _folder: Path) -> Set:
    return _texts(rng, lambda name: f"sku-{name[:3].upper()}-{rng.integers(10**5):05}")


@_plants("inside letters", "MM107")
def _(rng: Rng, _folder: Path) -> Set:
    def said(name: str) -> str:
        return "".join([*rng.choice(_LETTERS, 4), name, *rng.choice(_LETTERS, 5)])

    return _texts(rng, said, 0.97)


@_plants("in 90 % of the texts", "MM107")
def _(rng: Rng, _folder: Path) -> Set:
    return _texts(rng, str, 0.9)


@_plants("in 90 % of the texts, as a number", "MM107")
def _(rng: Rng, _folder: Path) -> Set:
    numbers = {name: i for i, name in enumerate(_NAMES)}
    return _texts(rng, lambda name: f"class={numbers[name]}", 0.9)


def _files(rng: Rng, folder: Path, path_of: Callable[[int, str], str]) -> Set:
    y = _labels(rng, 240)
    paths = []
    for row, image in enumerate(pictures(rng, y, by_class=False)):
        path = folder / path_of(row, _NAMES[y[row]])
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
        paths.append(str(path))
    return Set(Samples(frame(image=paths), _NAMES[y]), {"image": "image"})


@_plants("folders named by the class", "MM108")
def _(rng: Rng, folder: Path) -> Set:
    return _files(rng, folder, lambda row, name: f"images/{name}/{row:04}.png")


@_plants("files named by the class", "MM108")
def _(rng: Rng, folder: Path) -> Set:
    order = rng.permutation(240)
    return _files(rng, folder, lambda row, name: f"img_{order[row]:03}_{name}.png")


@_plants("recordings named by the class", "MM108")
def _(rng: Rng, folder: Path) -> Set:
    import wave

    y = _labels(rng, 120)
    paths = []
    for row, sound in enumerate(rng.integers(-999, 999, (len(y), 800), np.int16)):
        path = folder / f"{_NAMES[y[row]]}_{row:03}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(sound.tobytes())
        paths.append(str(path))
    return Set(Samples(frame(sound=paths), _NAMES[y]), {"sound": "audio"})


@_plants("a subcategory", "MM102", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y = _labels(rng)
    finer = 40 * y + np.minimum(rng.geometric(0.15, len(y)), 39)
    X = frame(text=topics(rng, y, n_said=2), sub=[f"s{v}" for v in finer])
    return Set(Samples(X, y), {"text": "text", "sub": "categorical"})


def _copied(rng: Rng, changed: Callable[[str], str], *, split: bool) -> Set:
    """Change copies of some training texts, and test on them."""
    y = _labels(rng)
    texts, tested = topics(rng, y), np.arange(500) >= 400
    for row in rng.choice(np.flatnonzero(tested), 20, replace=False):
        source = int(rng.integers(400))
        texts[row], y[row] = changed(texts[source]), y[source]
    sides = np.where(tested, "test", "train") if split else None
    return Set(Samples(frame(text=texts), y, split=sides), {"text": "text"})


@_plants("texts in another case", "MM101", "MM113")
def _(rng: Rng, _folder: Path) -> Set:
    return _copied(rng, str.upper, split=True)


@_plants("texts with other spaces", "MM101", "MM113")
def _(rng: Rng, _folder: Path) -> Set:
    return _copied(rng, lambda text: text.replace(" ", "  ", 3), split=False)


def _one_character(rng: Rng, text: str) -> str:
    at = int(rng.integers(len(text)))
    change = rng.choice(["", rng.choice(_LETTERS), text[at] + rng.choice(_LETTERS)])
    return text[:at] + change + text[at + 1 :]


@_plants("texts, one character changed", "MM101", "MM113")
def _(rng: Rng, _folder: Path) -> Set:
    return _copied(rng, lambda text: _one_character(rng, text), split=True)


@_plants("texts with a full stop", "MM101", "MM113")
def _(rng: Rng, _folder: Path) -> Set:
    return _copied(rng, lambda text: f"{text}.", split=False)


def _saved(image: Any, kind: str, **how: Any) -> bytes:
    content = io.BytesIO()
    Image.fromarray(image).save(content, kind, **how)
    return content.getvalue()


def _again(rng: Rng, again: Callable[[Any], bytes], *, text: bool = False) -> Set:
    """Save copies of some pictures once more, and test on them."""
    y = _labels(rng, 300)
    images, tested = pictures(rng, y, by_class=False), np.arange(300) >= 240
    cells = [_saved(image, "PNG") for image in images]
    for row in rng.choice(np.flatnonzero(tested), 12, replace=False):
        source = int(rng.integers(240))
        cells[row], y[row] = again(images[source]), y[source]
    X = frame(image=cells, text=topics(rng, y)) if text else frame(image=cells)
    kinds = {"image": "image", "text": "text"} if text else {"image": "image"}
    return Set(Samples(X, y, split=np.where(tested, "test", "train")), kinds)


@_plants("pixels in other bytes", "MM101", "MM113", "MM114")
def _(rng: Rng, _folder: Path) -> Set:
    return _again(rng, lambda image: _saved(image, "PNG", compress_level=1))


@_plants("pixels as BMP, other texts", "MM101", "MM113", "MM114")
def _(rng: Rng, _folder: Path) -> Set:
    return _again(rng, lambda image: _saved(image, "BMP"), text=True)


@_plants("JPEG again", "MM113", "MM114")
def _(rng: Rng, _folder: Path) -> Set:
    return _again(rng, lambda image: _saved(image, "JPEG", quality=85))


@_plants("JPEG again, of low quality", "MM113", "MM114")
def _(rng: Rng, _folder: Path) -> Set:
    return _again(rng, lambda image: _saved(image, "JPEG", quality=50))


@_plants("rows sorted", "MM111")
def _(rng: Rng, _folder: Path) -> Set:
    y = np.sort(_labels(rng))
    return Set(Samples(frame(text=topics(rng, y)), y), {"text": "text"})


@_plants("rows sorted on each side", "MM111")
def _(rng: Rng, _folder: Path) -> Set:
    y = np.concatenate([np.sort(_labels(rng, 400)), np.sort(_labels(rng, 100))])
    split = np.where(np.arange(500) < 400, "train", "test")
    X = frame(text=topics(rng, y))
    return Set(Samples(X, y, split=split), {"text": "text"})


def _grouped(rng: Rng, said: Callable[[int], str], agree: float) -> Set:
    groups = rng.integers(0, 80, 500)
    own = _labels(rng, 80)[groups]
    y = np.where(rng.random(500) < agree, own, _labels(rng))
    texts = topics(rng, y, n_said=1)
    texts = [f"{said(int(g))} {text}" for g, text in zip(groups, texts, strict=True)]
    return Set(Samples(frame(text=texts), y), {"text": "text"})


@_plants("patients in the texts", "MM112")
def _(rng: Rng, _folder: Path) -> Set:
    return _grouped(rng, lambda group: f"patient {1000 + group}: ", 1.0)


@_plants("users in the texts", "MM112")
def _(rng: Rng, _folder: Path) -> Set:
    return _grouped(rng, lambda group: f"by user_{group}", 0.85)


def _sized(rng: Rng, side_of: Callable[[int], int]) -> Set:
    y = _labels(rng, 240)
    cells = [
        image[: side_of(int(label))]
        for image, label in zip(pictures(rng, y, by_class=False), y, strict=True)
    ]
    return Set(Samples(frame(image=cells), y), {"image": "image"})


@_plants("a height for each class", "MM109")
def _(rng: Rng, _folder: Path) -> Set:
    return _sized(rng, lambda label: 30 + 2 * label)


@_plants("one class is smaller", "MM109")
def _(rng: Rng, _folder: Path) -> Set:
    return _sized(rng, lambda label: int(rng.integers(26, 40)) - 12 * (label == 2))


def _missing(rng: Rng, kind: str, rate: float, elsewhere: float) -> Set:
    y = _labels(rng)
    empty = rng.random(len(y)) < np.where(y == 1, rate, elsewhere)
    if kind == "numeric":
        cells: Any = np.where(empty, np.nan, rng.normal(size=len(y)))
    else:
        said = topics(rng, y, n_said=1)
        cells = [None if no else text for no, text in zip(empty, said, strict=True)]
    X = frame(a=cells, b=rng.normal(size=len(y)))
    return Set(Samples(X, y), {"a": kind, "b": "numeric"})


@_plants("numbers missing in one class", "MM110")
def _(rng: Rng, _folder: Path) -> Set:
    return _missing(rng, "numeric", 0.97, 0.02)


@_plants("texts missing in most of one class", "MM110")
def _(rng: Rng, _folder: Path) -> Set:
    return _missing(rng, "text", 0.7, 0)


def _several(rng: Rng) -> tuple[NDArray[np.int64], Mapping[str, Any]]:
    y = (rng.random((500, 4)) < [0.5, 0.3, 0.3, 0.2]).astype(np.int64)
    return y, {"classes": _NAMES.tolist()}


@_plants("a label of several in the text", "MM107")
def _(rng: Rng, _folder: Path) -> Set:
    y, schema = _several(rng)
    texts = topics(rng, y[:, 0])
    texts = [f"{t} {'[t]' if row[2] else ''}" for t, row in zip(texts, y, strict=True)]
    samples = Samples(frame(text=texts), y, schema=schema)
    return Set(samples, {"text": "text"}, get_task("multilabel"))


@_plants("a label of several, 4 % noise", "MM102", "MM106")
def _(rng: Rng, _folder: Path) -> Set:
    y, schema = _several(rng)
    flag = np.where(rng.random(500) < 0.04, 1 - y[:, 1], y[:, 1]).astype(float)
    X = frame(text=topics(rng, y[:, 0]), flag=flag)
    kinds = {"text": "text", "flag": "numeric"}
    return Set(Samples(X, y, schema=schema), kinds, get_task("multilabel"))


# Its recordings are truly called after the digit that is spoken.
_TRUE = {("fsdd", "MM108")}
_REAL = {
    "flipkart1050": "flipkart1050",
    "r8": "text",
    "mr": "text",
    "newsgroups20": "text",
    "easy_vqa": "easy_vqa",
    "nlvr": "nlvr_perm0",
    "mfeat": "multiview",
    "leaves100": "multiview",
    "fsdd": "fsdd",
    "wikipedia": "wikipedia_crossmodal",
}


def _real_sets(folder: Path) -> dict[str, Set]:
    found = {}
    for name, part in _REAL.items():
        for ignore_split in (False, True):
            card = load_card(name)
            if not (folder / part).is_dir():
                continue
            data = read_dataset(folder / part, card=card, ignore_split=ignore_split)
            title = f"{name}, folds" if ignore_split else name
            found[title] = Set(data.load(), data.modalities, data.task)
    return found


def _leaks(data: Set) -> tuple[list[Finding], float]:
    start = time.process_time()
    found = find_leaks(data.task, data.samples, data.modalities)
    return found, time.process_time() - start


def _search_plants(n_seeds: int, *, verbose: bool) -> int:
    """Print how often each plant is found; return how many are with the first seed."""
    first = 0
    for name, (plant, codes) in PLANTS.items():
        hits = []
        for seed in range(n_seeds):
            with tempfile.TemporaryDirectory() as folder:
                found, _ = _leaks(plant(np.random.default_rng(seed), Path(folder)))
            hits.append(bool(codes & {each.check.code for each in found}))
            if verbose and not hits[-1]:
                print(f"    missed with seed {seed}:", *found, sep="\n      ")
        first += hits[0]
        print(f"  {name:42} {sum(hits):3} of {n_seeds}  ({', '.join(sorted(codes))})")
    return first


def _search_innocent(n_seeds: int, real: Mapping[str, Set], *, verbose: bool) -> int:
    """Print how often innocent sets raise an alarm; return with the first seed."""
    alarms: Counter[str] = Counter()
    sets: defaultdict[str, list[str]] = defaultdict(list)
    n_sets = n_first = 0
    cost = 0.0
    made = {
        (name, seed): make for name, make in INNOCENT.items() for seed in range(n_seeds)
    }
    every = [*made.items(), *(((name, 0), data) for name, data in real.items())]
    for (name, seed), make in every:
        data = make if isinstance(make, Set) else make(np.random.default_rng(seed))
        found, spent = _leaks(data)
        n_sets, cost = n_sets + 1, max(cost, spent)
        wrong = [
            each
            for each in found
            if each.check.severity in _ALARMS
            and (name.split(",")[0], each.check.code) not in _TRUE
        ]
        n_first += bool(wrong) and seed == 0
        for code in {each.check.code for each in wrong}:
            alarms[code] += 1
            sets[code].append(name)
        if verbose or wrong:
            for each in found:
                print(f"  {name}, seed {seed}: {each.check.code} {each}")
    print(f"  {n_sets} sets, {n_first} false alarms with the first seed")
    print(f"  at most {cost:.2f} s of processor time for one set")
    for code, n in sorted(alarms.items()):
        print(
            f"  {code}: {n} of {n_sets} ({100 * n / n_sets:.1f} %): {set(sets[code])}"
        )
    print(
        f"  all other checks: 0 of {n_sets}, so below {100 * 3 / n_sets:.1f} % (95 %)"
    )
    return n_first


def main() -> int:
    """Print detection and false-alarm rates; exit with 1 where they are too bad."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="a folder of real sets")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    print(f"planted, {len(PLANTS)} kinds")
    n_found = _search_plants(args.seeds, verbose=args.verbose)
    print(f"  {n_found} of {len(PLANTS)} found with the first seed")
    print(f"innocent, {len(INNOCENT)} kinds")
    real = _real_sets(args.data) if args.data else {}
    n_alarms = _search_innocent(args.seeds, real, verbose=args.verbose)
    return 0 if n_found >= 0.9 * len(PLANTS) and not n_alarms else 1


if __name__ == "__main__":
    sys.exit(main())
