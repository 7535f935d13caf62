"""Prove that a task is one folder: delete it, and every other test must stay green.

``python .ci/without_task.py multilabel`` copies the checkout, deletes the task's
folder, its lines in the registry, its tests and its datasets, and runs what tests are
left, but for those outside that are marked as being about the task.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def without(task: str, copy: Path) -> None:
    """Copy the checkout, and delete a task from the copy."""
    ignored = shutil.ignore_patterns(".git", ".venv", "*.egg-info", "__pycache__")
    shutil.copytree(CHECKOUT, copy, ignore=ignored)
    shutil.rmtree(copy / "mmbench" / "tasks" / task)
    shutil.rmtree(copy / "tests" / "tasks" / task)
    for card in (copy / "datasets").glob("*/card.toml"):
        of_card = tomllib.loads(card.read_text()).get("task", "")
        if of_card.replace("multi-label classification", "multilabel") == task:
            shutil.rmtree(card.parent)
    registry = copy / "mmbench" / "tasks" / "registry.py"
    text = registry.read_text()
    text = re.sub(rf"^from mmbench\.tasks\.{task} import .*\n", "", text, flags=re.M)
    registry.write_text(text.replace(f"{task.upper()}, ", ""))


def main(task: str, *options: str) -> int:
    """Run the tests without a task; return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        without(task, copy)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        left = f"not {task} and not slow and not network"
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
    sys.exit(main(*sys.argv[1:]))
