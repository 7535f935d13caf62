"""Names from files reach the terminal and report.md spelled out, never as commands."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from mmbench.cli.console import one_line
from mmbench.cli.plain_console import PlainConsole
from mmbench.cli.table import print_table
from mmbench.untrusted import visible

ESCAPE, TURNED, BELL = "\x1b[31m\x1b[2J", "\u202e", "\x07"
HOSTILE = f"{ESCAPE}{TURNED}{BELL}\x9b2J\u2066\u2028"


def steering(text: str) -> set[str]:
    """Return what in a text could steer a terminal or turn text."""
    return {c for c in text if visible(c) != c}


def test_what_steers_is_spelled_out_and_what_does_not_stays() -> None:
    text = f"caf\u00e9 \u6771\u4eac \u05d0\u05d1 \u200c \u00a0 \U0001f600\n\t{HOSTILE}"
    assert visible(text) == (
        "caf\u00e9 \u6771\u4eac \u05d0\u05d1 \u200c \u00a0 \U0001f600\n\t"
        r"\x1b[31m\x1b[2J\u202e\x07\x9b2J\u2066\u2028"
    )
    assert visible(visible(text)) == visible(text)


def test_one_line_has_no_line_ends_and_steers_nothing() -> None:
    assert one_line(f"a\nb{TURNED}") == r"a b\u202e"


@pytest.mark.parametrize("terminal", [True, False])
def test_a_console_prints_names_but_obeys_none(terminal: bool) -> None:
    file = io.StringIO()
    console = PlainConsole(
        file=file,
        force_terminal=terminal,
        color_system=None,
        markup=False,
        highlight=False,
        width=200,
    )
    console.print(f"before {HOSTILE} after")
    print_table(console, ["a", "b"], [[HOSTILE, "1"]], flexible="a")
    written = file.getvalue()
    assert not steering(written)
    assert written.count(r"\x1b[31m\x1b[2J\u202e") == 2


def test_a_consoles_own_colours_are_kept() -> None:
    file = io.StringIO()
    console = PlainConsole(file=file, force_terminal=True, color_system="standard")
    console.print("mmbench", style="red")
    assert file.getvalue() == "\x1b[31mmmbench\x1b[0m\n"


def test_a_run_on_hostile_names_prints_and_writes_none(
    mmbench: Any, tmp_path: Path
) -> None:
    column, label = f"te{ESCAPE}xt", f"ca{ESCAPE}{TURNED}t"
    rows = [f"{word} {i},{word}{label}" for i in range(12) for word in ("red", "dog")]
    path = tmp_path / f"da{TURNED}ta.csv"
    path.write_text(f"{column},y\n" + "\n".join(rows) + "\n")
    result = mmbench(
        *("run", "text", "--data", path, "--target", "y", "--text", column),
        *("--method", "dummy", "--method", "*/tfidf/logistic", "--folds", 2),
        *("--jobs", 1, "--debug", "--no-throughput", "--no-probes"),
        *("--cache", tmp_path / "cache", "--out", tmp_path / "out"),
    )
    assert result.exit_code == 0, result.output
    assert r"\x1b[31m\x1b[2J" in result.output
    assert not steering(result.output)
    assert not steering((tmp_path / "out/report.md").read_text())
