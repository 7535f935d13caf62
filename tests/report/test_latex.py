"""Tables for papers: well-formed, and they compile where there is a TeX."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.report import make_report
from mmbench.report.tables.latex import escape_latex
from mmbench.results import Record

DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp,booktabs,tabularx}
\begin{document}
%s
\end{document}
"""
EVIL = r"\input{/etc/passwd} 50% of a_b & {c} #1 ~ ^ <x> | $\frac{ -- `d' é 漢 [x]"


@pytest.fixture
def tables(
    make_out: Callable[..., Path], plan: dict[str, Any], records: dict[str, Record]
) -> list[Path]:
    """Return the tables of a run with a method and a dataset of hostile names."""
    bad = f"{EVIL}\nbad\n"
    plan["methods"][bad] = plan["methods"].pop("text/tfidf/logistic")
    plan["datasets"][bad] = plan["datasets"].pop("synthetic")
    for trial in plan["trials"]:
        if trial["method"] == "text/tfidf/logistic":
            trial["method"] = bad
        if trial["dataset"] == "synthetic":
            trial["dataset"] = bad
    out = make_out(plan, records)
    make_report(out)
    return sorted((out / "tables").glob("*.tex"))


def test_every_row_of_a_table_has_as_many_cells_as_its_head(
    tables: list[Path],
) -> None:
    assert len(tables) == 2
    for path in tables:
        text = path.read_text("ascii")
        rules = [r"\toprule", r"\midrule", r"\bottomrule"]
        assert [line for line in text.splitlines() if line in rules] == rules
        rows = [line for line in text.splitlines() if line.endswith(r" \\")]
        n_cells = {len(re.findall(r"(?<!\\)&", row)) for row in rows}
        assert len(n_cells) == 1


def test_the_best_is_bold_and_what_it_ties_with_underlined(tables: list[Path]) -> None:
    glyphs = next(path for path in tables if "glyphs" in path.name).read_text("ascii")

    best = next(line for line in glyphs.splitlines() if line.startswith("1 & "))
    assert r"\textbf{0.79" in best
    assert r"tfidf+cnn/\allowbreak{}early/\allowbreak{}logistic" in best


@given(st.text())
def test_no_text_can_say_anything_to_latex(text: str) -> None:
    escaped = escape_latex(text)

    assert escaped.isascii()
    allowed = r"\\(?:text[a-z]+\{\}|[{}$&#%_])|\$\\?[a-z-]+\$|\{[-\[\]]\}"
    assert not set(re.sub(allowed, "", escaped)) & set("\\{}$&#%_^~\n")


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no TeX here")
def test_the_tables_compile(tables: list[Path], tmp_path: Path) -> None:
    inputs = "\n\n".join(rf"\input{{{path}}}" for path in tables)
    (tmp_path / "paper.tex").write_text(DOCUMENT % inputs)

    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 1000


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no TeX here")
def test_the_tables_of_common_names_fit_the_width_of_the_text(
    reported: Path, tmp_path: Path
) -> None:
    paths = sorted((reported / "tables").glob("*.tex"))
    inputs = "\n\n".join(rf"\input{{{path}}}" for path in paths)
    (tmp_path / "paper.tex").write_text(DOCUMENT % inputs)

    command = ["pdflatex", "-interaction=nonstopmode", "paper.tex"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert paths
    assert "Overfull" not in done.stdout


def test_a_table_has_a_caption_and_the_ten_best_methods(reported: Path) -> None:
    text = (reported / "tables/methods-glyphs.tex").read_text("ascii")

    assert r"\caption{The 10 best of 18 methods on glyphs by macro{-}F1: bold" in text
    ranks = re.findall(r"^(\d+) & ", text, re.MULTILINE)
    assert ranks == [str(rank) for rank in range(1, 11)]
