from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mmbench.cli import main

Mmbench = Callable[..., Result]


@pytest.fixture
def mmbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mmbench:
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(
            main,
            [str(argument) for argument in arguments],
            prog_name="mmbench",
            catch_exceptions=False,
        )

    return invoke


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twelve fruits and twelve tools, with what they are called and what they weigh."""
    lines = ["name,grams,kind"]
    lines += [f"sweet fruit {i},{100 + i},fruit" for i in range(12)]
    lines += [f"steel tool {i},{900 + i},tool" for i in range(12)]
    path = tmp_path / "things.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
