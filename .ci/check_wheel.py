"""Check an installed wheel, and what ``mmbench run quick`` left; ``.ci/run`` calls it.

Usage: check_wheel.py content DATASETS_FOLDER
       check_wheel.py run OUT [--without-torch]
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from importlib import resources
from pathlib import Path

INSTALL = "pip install 'mmbench[torch]'"


def check_content(datasets: Path) -> str:
    """Check that all of the checkout's ``datasets/`` is in the installed package."""
    import mmbench
    from mmbench.datasets import EMBEDDED

    package = resources.files(mmbench)
    require("site-packages" in str(package), f"{package} is not an installed package")
    for path in (p for p in datasets.rglob("*") if p.is_file()):
        name = path.relative_to(datasets)
        shipped = package.joinpath("datasets", "embedded", *name.parts)
        require(shipped.is_file(), f"the wheel lacks datasets/{name}")
        require(shipped.read_bytes() == path.read_bytes(), f"another {name} is shipped")
    networks = [p.name for p in datasets.rglob("*.safetensors")]
    require(bool(networks), "there is no pretrained network in datasets/")
    require(package.joinpath("py.typed").is_file(), "the wheel lacks py.typed")
    cards = {name: dataset.card for name, dataset in EMBEDDED.items()}
    require(all(cards.values()), f"a dataset has no card: {cards}")
    return f"cards of {', '.join(cards)}; networks {', '.join(networks)}"


def check_run(out: Path, *, without_torch: bool) -> str:
    """Check the records and the table of a run."""
    with (out / "tables" / "methods.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    require(bool(rows), "tables/methods.csv has no row")
    need_torch = [row["method"] for row in rows if "CNN" in row["extractors"]]
    require(bool(need_torch), "no method has a CNN")
    absent = need_torch if without_torch else []
    for row in rows:
        expected = 0 if row["method"] in absent else int(row["n_planned"])
        told = f"{row['method']}: {row['n_ok']} of {row['n_planned']} trials are ok"
        require(int(row["n_ok"]) == expected, f"{told}, should be {expected}")
    for record in records:
        if without_torch and record["method"] in absent:
            require(record["status"] == "skipped", f"not skipped: {record}")
            told = record["reason"]
            require(INSTALL in told, f"{INSTALL!r} is not told: {told}")
    # A second run leaves alone what the first one finished.
    n_ok = Counter(record["key"] for record in records if record["status"] == "ok")
    twice = [key for key, n in n_ok.items() if n > 1]
    require(not twice, f"{len(twice)} finished trials ran again")
    for name in ("report.md", "report.html", "plan.json", "environment.json"):
        require((out / name).stat().st_size > 0, f"{name} is empty")
    return f"{len(rows)} methods, {len(n_ok)} trials ok, {len(absent)} methods skipped"


def require(holds: bool, told: str) -> None:
    """End with a message unless something holds."""
    if not holds:
        sys.exit(f"check_wheel.py: {told}")


def main() -> None:
    """Read the command line and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("content").add_argument("datasets", type=Path)
    run = commands.add_parser("run")
    run.add_argument("out", type=Path)
    run.add_argument("--without-torch", action="store_true")
    given = parser.parse_args()
    if given.command == "content":
        print("holds:", check_content(given.datasets))
    else:
        print("holds:", check_run(given.out, without_torch=given.without_torch))


if __name__ == "__main__":
    main()
