r"""Tables as LaTeX, for papers: what ``\input`` takes, in the style of booktabs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from mmbench.presentation.numbers import p_text
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.sections import Section
from mmbench.report.text.differences import scaled
from mmbench.tasks import Metric

__all__ = ["escape_latex", "methods_table", "verdicts_table"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",
    "'": r"\textquotesingle{}",
    "[": r"{[}",
    "]": r"{]}",
    "±": r"$\pm$",
    "\N{EN DASH}": "--",
    "\N{MINUS SIGN}": "$-$",
}
_HEAD = r"""% {caption}
% In the preamble: \usepackage[T1]{{fontenc}} \usepackage{{textcomp,booktabs}}
"""


def escape_latex(text: str) -> str:
    r"""Return text that LaTeX prints as it is, on one line.

    Letters that the usual fonts lack lose their accents, or become question marks.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Without line feeds; special characters are escaped.

    Examples
    --------
    >>> print(escape_latex("50% of a_b & {c}"), escape_latex("\\input{x}"))
    50\% of a\_b \& \{c\} \textbackslash{}input\{x\}
    """
    flat = " ".join(text.split())
    return "".join(_SPECIAL.get(c, _plain(c)) for c in flat)


def methods_table(section: Section) -> str:
    r"""Write the ranked methods on a dataset as a ``tabular``.

    Parameters
    ----------
    section : Section
        The dataset. The best of a score is bold; what is not significantly worse is
        underlined.

    Returns
    -------
    str
    """
    columns = [c for c in section.columns if c in section.leaderboard.scores]
    head = ["", "method", "sees", "fusion", *(column.label for column in columns)]
    body = [
        [
            str(rank),
            *map(escape_latex, (row.method, row.modalities, row.fusion)),
            *(
                _marked(escape_latex(cell.text), cell.is_best, cell.is_tied)
                for cell in section.cells(row)[: len(columns)]
            ),
        ]
        for rank, row in section.leaderboard.ranked
    ]
    caption = (
        f"Methods on {section.name}: mean and standard deviation over folds; bold is "
        "the best, underlined what is not significantly worse."
    )
    return _tabular(caption, "rlll" + "r" * len(columns), head, body)


def verdicts_table(
    comparisons: Sequence[Comparison], metrics: Mapping[str, Metric]
) -> str:
    r"""Write the comparisons of a run as a ``tabular``, in points of shares.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.
    metrics : mapping of str to Metric
        What methods are compared by on each dataset.

    Returns
    -------
    str
    """
    head = ["dataset", "comparison", "difference", "95 % interval", "p (adjusted)"]
    body = []
    for each in comparisons:
        metric = metrics[each.dataset]
        digits = ".1f" if metric.is_share else ".4g"
        estimate, low, high = (
            f"{scaled(metric, x):+{digits}}"
            for x in (each.estimate, each.low, each.high)
        )
        words = [each.dataset, f"{each.subject} over {each.reference}"]
        numbers = [f"${estimate}$", f"$[{low}, {high}]$"]
        p_value = escape_latex(p_text(each.p_value).removeprefix("p = "))
        body.append([*map(escape_latex, words), *numbers, p_value])
    escaped = [escape_latex(word) for word in head]
    units = {each.metric: metrics[each.dataset] for each in comparisons}.values()
    others = ", ".join(m.label for m in units if not m.is_share)
    caption = "Differences in points" + (
        f"; of {others} in its unit." if others else "."
    )
    return _tabular(caption, "llrrr", escaped, body)


def _tabular(
    caption: str, spec: str, head: Sequence[str], body: Sequence[Sequence[str]]
) -> str:
    # A line's end would end the comment, and what follows would be typeset.
    safe = re.sub(r"[^ -~]+", "?", " ".join(caption.split()))
    lines = [
        _HEAD.format(caption=safe.replace("{", "(").replace("}", ")")),
        rf"\begin{{tabular}}{{@{{}}{spec}@{{}}}}",
        "\n\\toprule\n",
        " & ".join(head),
        " \\\\\n\\midrule\n",
        *(" & ".join(row) + " \\\\\n" for row in body),
        "\\bottomrule\n\\end{tabular}\n",
    ]
    return "".join(lines)


def _marked(text: str, is_best: bool, is_tied: bool) -> str:
    if is_best:
        return rf"\textbf{{{text}}}"
    return rf"\underline{{{text}}}" if is_tied else text


def _plain(character: str) -> str:
    """Return a character as ASCII."""
    if " " <= character <= "~":
        return character
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return "".join(_SPECIAL.get(c, c) for c in base if " " <= c <= "~") or "?"
