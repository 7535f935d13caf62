"""Texts to the means of their words' pretrained vectors: ours, and loops over gensim's.

Three ways over the same texts, the same words and the same vectors, one after another
in turn:

- *ours*: ``PretrainedWordVectorizer``, one sparse product for all texts;
- *loop*: ``np.mean([vectors[w] for w in words if w in vectors], axis=0)`` per text;
- *get_mean_vector*: what gensim has for it, ``KeyedVectors.get_mean_vector`` per text.

They are timed twice: *from words*, when the texts are split already (ours remembers
what it made of them, the loops are handed lists), and *from texts*, splitting included.
Then ours alone: time and memory as the texts become ten times as many (Linux only).

    python benchmarks/versus_gensim.py
    python benchmarks/versus_gensim.py --texts newsgroups.jsonl.gz --vectors glove.txt

Without files, words are drawn by Zipf's law, and vectors from a normal distribution.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from gensim.models import KeyedVectors
from numpy.typing import NDArray

from mmbench.feature_extraction import PretrainedWordVectorizer, token_memo, words

FEW, MANY = 1_000, 10_000
Texts = list[str]
Pooled = NDArray[np.float32]


def ours(path: Path, texts: Texts) -> Pooled:
    """Pool all texts at once."""
    return PretrainedWordVectorizer(path).transform(texts)


def by_mean(vectors: KeyedVectors, documents: list[Texts]) -> Pooled:
    """Pool text by text, as most people write it."""
    pooled = np.zeros((len(documents), vectors.vector_size), np.float32)
    for row, document in zip(pooled, documents, strict=True):
        known = [vectors[word] for word in document if word in vectors]
        if known:
            row[:] = np.mean(known, axis=0)
    return pooled


def by_get_mean_vector(vectors: KeyedVectors, documents: list[Texts]) -> Pooled:
    """Pool text by text with gensim's own function, which needs one known word."""
    pooled = np.zeros((len(documents), vectors.vector_size), np.float32)
    for row, document in zip(pooled, documents, strict=True):
        if any(word in vectors for word in document):
            row[:] = vectors.get_mean_vector(document, pre_normalize=False)
    return pooled


def compare(path: Path, texts: Texts, repeats: int) -> None:
    """Let the ways take turns, check that they agree, and print what they took."""
    vectors = KeyedVectors.load_word2vec_format(path, no_header=no_header(path))
    documents = [words(text) for text in texts]
    stages: dict[str, dict[str, Callable[[], Pooled]]] = {
        "from words": {
            "ours": lambda: ours(path, texts),
            "loop": lambda: by_mean(vectors, documents),
            "get_mean_vector": lambda: by_get_mean_vector(vectors, documents),
        },
        "from texts": {
            "ours": lambda: ours(path, texts),
            "loop": lambda: by_mean(vectors, [words(text) for text in texts]),
            "get_mean_vector": lambda: by_get_mean_vector(
                vectors, [words(text) for text in texts]
            ),
        },
    }
    for stage, ways in stages.items():
        outputs = {name: way() for name, way in ways.items()}
        for name, output in outputs.items():
            np.testing.assert_allclose(outputs["ours"], output, atol=1e-4, err_msg=name)
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(repeats):
            for name, way in ways.items():
                if stage == "from texts":
                    token_memo.forget()
                seconds[name].append(timed(way))
        show(stage, seconds, len(texts))


def show(stage: str, seconds: dict[str, list[float]], n_texts: int) -> None:
    """Print the medians, and the median of the ratios turn by turn."""
    for name, found in seconds.items():
        ratio = median(np.divide(found, seconds["ours"]).tolist())
        rate = n_texts / median(found)
        print(f"{stage:<11} {name:<16} {rate:10,.0f} texts/s  {ratio:6.2f}x ours")


def timed(work: Callable[[], Any]) -> float:
    """Return the processor time of some work, which other programs don't disturb."""
    start = time.process_time()
    work()
    return time.process_time() - start


def growth(path: Path, texts: Texts, repeats: int) -> None:
    """Print time and memory per text, of few texts and of many, each in a process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.jsonl")
        many = (texts * -(-MANY // len(texts)))[:MANY]
        # Told apart, so that none is a text that was seen before.
        lines = [json.dumps({"text": f"{text} {i}"}) for i, text in enumerate(many)]
        file.write_text("\n".join(lines))
        found: dict[int, list[dict[str, float]]] = {FEW: [], MANY: []}
        for _ in range(repeats):
            for n_texts, runs in found.items():
                runs.append(alone(path, file, n_texts))
    per_text = {}
    for n_texts, runs in found.items():
        per_text[n_texts] = median(run["seconds"] for run in runs) / n_texts
        peak = max(run["extra_bytes"] for run in runs) / 2**20
        print(
            f"{n_texts:6,} texts: {per_text[n_texts] * 1e6:6.1f} us a text, "
            f"at most {peak:.0f} MiB beyond the output"
        )
    print(f"time a text grows by {per_text[MANY] / per_text[FEW] - 1:+.0%}")


def alone(path: Path, texts: Path, n_texts: int) -> dict[str, float]:
    """Return what ours takes for some texts in a process of its own."""
    command = [sys.executable, __file__, "--alone", str(n_texts)]
    command += ["--vectors", str(path), "--texts", str(texts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure_alone(path: Path, texts: Texts) -> dict[str, float]:
    """Return processor seconds, and the peak of memory beyond output and start."""
    ours(path, texts[-100:])
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew: Linux only
    before = resident_bytes("VmRSS")
    outputs: list[Pooled] = []
    seconds = timed(lambda: outputs.append(ours(path, texts)))
    extra = resident_bytes("VmHWM") - before - outputs[0].nbytes
    return {"seconds": seconds, "extra_bytes": extra}


def resident_bytes(field: str) -> int:
    """Return the memory of this process: now (VmRSS) or at its peak (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split(f"{field}:")[1].split()[0])


def no_header(path: Path) -> bool:
    """Tell whether a text file of vectors begins with a word: GloVe's do."""
    with path.open(encoding="utf-8") as file:
        return len(file.readline().split()) != 2


def read_texts(path: Path, n_texts: int) -> Texts:
    """Read the texts of a file of JSON lines."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line, _ in zip(file, range(n_texts))]  # noqa: B905


def made_up(folder: Path, n_texts: int) -> tuple[Path, Texts]:
    """Write vectors of made-up words, and return them with texts."""
    rng = np.random.default_rng(0)
    vocabulary = [f"word{i}" for i in range(50_000)]
    path = folder / "vectors.txt"
    rows = rng.normal(size=(20_000, 100)).astype(np.float32)
    with path.open("w") as file:
        for word, row in zip(vocabulary[::2], rows, strict=False):
            file.write(f"{word} {' '.join(f'{x:.5f}' for x in row)}\n")
    share = 1 / np.arange(1, len(vocabulary) + 1)
    drawn = rng.choice(vocabulary, size=(n_texts, 100), p=share / share.sum())
    return path, [" ".join(row) for row in drawn]


def main() -> None:
    """Compare, then grow."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--texts", type=Path, metavar="PATH", help="JSON lines with a field text")
    add("--vectors", type=Path, metavar="PATH", help="text file of word vectors")
    add("--n-texts", type=int, default=3_000, metavar="N", help="texts to compare on")
    add("--repeats", type=int, default=5, metavar="N", help="turns of each way")
    add("--alone", type=int, metavar="N", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if bool(options.texts) != bool(options.vectors):
        parser.error("give both --texts and --vectors, or neither")
    if options.alone:
        texts = read_texts(options.texts, options.alone)
        print(json.dumps(measure_alone(options.vectors, texts)))
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, load before: {load}")
    with tempfile.TemporaryDirectory() as folder:
        if options.texts:
            path, texts = options.vectors, read_texts(options.texts, MANY)
        else:
            path, texts = made_up(Path(folder), MANY)
        compare(path, texts[: options.n_texts], options.repeats)
        growth(path, texts, options.repeats)


if __name__ == "__main__":
    main()
