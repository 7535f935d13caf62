"""Run up to hundreds of thousands of small pictures through a network.

    python benchmarks/many_pictures.py [--pictures 1000 8000] [--size 96]   (on Linux)

Pictures of one colour on noise are written as JPEG files, a fifth of them for testing;
features of EfficientNet-Lite0, from its package, go into a linear model. Every number
of pictures is run by a command of its own. Printed are the time a picture and the
largest resident memory of a process; it ends with 1 where a process takes more than
6 GB, or a picture of the largest set more than 1.3 times what one of the smallest does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from million_rows import MOST_BYTES, MOST_GROWTH, Watch
from PIL import Image

_COLOURS = {"red": 0, "green": 1, "blue": 2}


def write_pictures(folder: Path, n: int, size: int) -> Path:
    """Write pictures and a table of them, and return where the table is."""
    rng = np.random.default_rng(0)
    names, labels = list(_COLOURS), rng.integers(0, len(_COLOURS), n)
    (folder / "pictures").mkdir()
    for number, label in enumerate(labels.tolist()):
        cells = rng.integers(0, 160, (size, size, 3), dtype=np.uint8)
        cells[..., label] += rng.integers(0, 12, dtype=np.uint8)
        Image.fromarray(cells).save(folder / "pictures" / f"{number}.jpg")
    rows = pd.DataFrame(
        {
            "picture": [f"pictures/{number}.jpg" for number in range(n)],
            "colour": [names[label] for label in labels],
            "part": np.where(rng.random(n) < 0.2, "test", "train"),
        }
    )
    rows.to_csv(folder / "pictures.csv", index=False)
    return folder / "pictures.csv"


def main() -> int:
    """Run every number of pictures; return 1 where one costs too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, nargs="+", default=[1000, 8000])
    parser.add_argument("--size", type=int, default=96, help="edge, in pixels")
    asked = parser.parse_args()
    each_s, largest = [], 0
    for n in asked.pictures:
        with tempfile.TemporaryDirectory(prefix="pictures-") as name:
            folder = Path(name)
            table = write_pictures(folder, n, asked.size)
            command = [sys.executable, "-m", "mmbench", "run", "image", "--quiet"]
            command += ["--data", str(table), "--image", "picture"]
            command += ["--target", "colour", "--split", "part"]
            command += ["--weights", "efficientnet_lite0=default"]
            command += ["--method", "*/efficientnet_lite0/logistic"]
            command += ["--no-throughput", "--retrain", "none"]
            command += ["--out", str(folder / "out"), "--cache", str(folder / "cache")]
            start = time.perf_counter()
            with Watch() as watch:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            wall_s = time.perf_counter() - start
        peak = max(watch.peaks.values())
        largest = max(largest, peak)
        each_s.append(wall_s / n)
        print(
            f"{n:,} pictures: {wall_s:.0f} s, {1000 * each_s[-1]:.1f} ms each, "
            f"largest process {peak / 1e9:.2f} GB",
            flush=True,
        )
    growth = each_s[-1] / each_s[0]
    print(f"time a picture: {growth:.2f} times (limit {MOST_GROWTH})")
    return int(growth > MOST_GROWTH or largest > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
