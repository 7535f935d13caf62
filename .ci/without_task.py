"""Prove that a task is one folder: delete it, and every other test must stay green.

``python .ci/without_task.py multilabel`` copies the checkout, deletes the task's
folder, its lines in the registry, its tests and its datasets, and runs what tests are
left, but for those outside that are marked as being about the task. Further arguments
go to pytest.

Several tasks, as in ``multilabel,regression``, are deleted at once. What is green then
needs none of them, so for each alone only the tests about the others are left to run;
``--of-tasks`` selects these. A task that builds on a deleted one is deleted with it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
# Classification has no marker: what is about no task in particular is about it.
MARKED = {
    folder.name
    for folder in (CHECKOUT / "tests" / "tasks").iterdir()
    if folder.is_dir() and folder.name not in ("classification", "__pycache__")
}

BUILT_ON = {"regression": ["summarisation"]}

CARD_NAMES = {
    "multi-label classification": "multilabel",
    "question answering": "answering",
}


def without(tasks: list[str], copy: Path) -> None:
    """Copy the checkout, and delete tasks from the copy."""
    ignored = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "__pycache__")
    shutil.copytree(CHECKOUT, copy, ignore=ignored)
    registry = copy / "mmbench" / "tasks" / "registry.py"
    text = registry.read_text()
    for task in tasks:
        shutil.rmtree(copy / "mmbench" / "tasks" / task)
        shutil.rmtree(copy / "tests" / "tasks" / task)
        line = rf"^(from mmbench\.tasks\.{task} import .*| *{task.upper()},)\n"
        text = re.sub(line, "", text, flags=re.M)
    registry.write_text(text)
    embedded = copy / "mmbench" / "datasets" / "embedded.py"
    for card in (copy / "datasets").glob("*/card.toml"):
        of_card = tomllib.loads(card.read_text()).get("task", "")
        if CARD_NAMES.get(of_card, of_card) in tasks:
            shutil.rmtree(card.parent)
            line = rf'^    "{card.parent.name}": load_.*\n'
            embedded.write_text(re.sub(line, "", embedded.read_text(), flags=re.M))


def left_by(tasks: list[str], *, of_tasks: bool) -> str:
    """Return which tests are to run, as ``pytest -m`` takes it."""
    chosen = [f"not {name}" for name in (*tasks, "slow", "network")]
    if of_tasks:
        chosen.append(f"({' or '.join(sorted(MARKED - {*tasks}))})")
    return " and ".join(chosen)


def main() -> int:
    """Run the tests without tasks; return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=lambda names: names.split(","))
    parser.add_argument("--of-tasks", action="store_true")
    given, options = parser.parse_known_args()
    built_on = [other for task in given.tasks for other in BUILT_ON.get(task, ())]
    tasks = list(dict.fromkeys([*given.tasks, *built_on]))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        without(tasks, copy)
        left = left_by(tasks, of_tasks=given.of_tasks)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, "-m", left, *options],
            cwd=copy,
            env=_environment(copy),
            check=False,
        )
        return done.returncode


def _environment(copy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    sys.exit(main())
