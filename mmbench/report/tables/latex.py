r"""Tables as LaTeX, for papers: what ``\input`` takes, in the style of booktabs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from mmbench.presentation.numbers import p_text
from mmbench.presentation.sentences import capital
from mmbench.report.document import Cell, Table
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.method_names import MethodNames
from mmbench.report.text.differences import scaled
from mmbench.tasks import Metric

__all__ = ["escape_latex", "latex_table", "verdicts_table"]

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
_HEAD = r"""% \usepackage[T1]{fontenc}
% \usepackage{textcomp,booktabs,tabularx}
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


def latex_table(table: Table, names: MethodNames, slug: str) -> str:
    r"""Write a table as a ``table`` float of the width of the text.

    Parameters
    ----------
    table : Table
        A table of the report. The best of a score is bold; what is not significantly
        worse is underlined.
    names : MethodNames
        Display names of the methods.
    slug : str
        What the label ends with.

    Returns
    -------
    str
    """
    by = f" {table.ranked_by.label}" if table.ranked_by else ""
    caption = f"{table.caption}{by}{table.legend.replace('†', 'underlined')}. "
    return _float(
        caption + names.note,
        slug,
        "".join(
            "r" if heading.is_number else "X" if heading.label == "method" else "l"
            for heading in table.headings
        ),
        [escape_latex(heading.label) for heading in table.headings],
        [[_latex(cell, names) for cell in row] for row in table.rows],
    )


def verdicts_table(
    comparisons: Sequence[Comparison],
    metrics: Mapping[str, Metric],
    names: MethodNames,
) -> str:
    r"""Write the comparisons of a run as a ``table`` float, in points of shares.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.
    metrics : mapping of str to Metric
        What methods are compared by on each dataset.
    names : MethodNames
        Display names of the methods.

    Returns
    -------
    str
    """
    head = ["dataset", "comparison", "difference", "95 % CI", "p"]
    body = []
    for each in comparisons:
        metric = metrics[each.dataset]
        digits = ".1f" if metric.is_share else ".4g"
        estimate, low, high = (
            f"{scaled(metric, x):+{digits}}"
            for x in (each.estimate, each.low, each.high)
        )
        sides = f"{names(each.subject)} over {names(each.reference)}"
        words = [escape_latex(each.dataset), _breakable(sides)]
        numbers = [f"${estimate}$", f"$[{low}, {high}]$"]
        p_value = escape_latex(p_text(each.p_value).removeprefix("p = "))
        body.append([*words, *numbers, p_value])
    units = {each.metric: metrics[each.dataset] for each in comparisons}.values()
    shares = ", ".join(m.label for m in units if m.is_share)
    others = ", ".join(m.label for m in units if not m.is_share)
    caption = "; ".join(
        filter(
            None,
            (
                f"Differences in points of {shares}" if shares else "",
                f"differences of {others} in its unit" if others else "",
                "intervals and p-values are corrected for multiple comparisons. ",
            ),
        )
    )
    escaped = [escape_latex(word) for word in head]
    return _float(capital(caption) + names.note, "verdicts", "lXrrr", escaped, body)


def _float(
    caption: str,
    slug: str,
    spec: str,
    head: Sequence[str],
    body: Sequence[Sequence[str]],
) -> str:
    from pandas import DataFrame

    styler = DataFrame(body, columns=list(head)).style.hide(axis="index")
    text = styler.to_latex(
        column_format=f"@{{}}{spec}@{{}}",
        hrules=True,
        position="tb",
        caption=escape_latex(caption),
        label=f"tab:{slug}",
    )
    return _HEAD + text.replace(
        r"\begin{tabular}",
        "\\footnotesize\n\\setlength{\\tabcolsep}{4pt}\n\\begin{tabularx}{\\textwidth}",
    ).replace(r"\end{tabular}", r"\end{tabularx}")


def _latex(cell: Cell, names: MethodNames) -> str:
    text = _breakable(names(cell.text))
    if cell.is_best:
        return rf"\textbf{{{text}}}"
    return rf"\underline{{{text}}}" if cell.is_tied else text


def _breakable(text: str) -> str:
    r"""Return text that LaTeX breaks after slashes, escaped.

    Examples
    --------
    >>> print(_breakable("tfidf+hog/early"))
    tfidf+hog/\allowbreak{}early
    """
    return escape_latex(text).replace("/", r"/\allowbreak{}")


def _plain(character: str) -> str:
    """Return a character as ASCII."""
    if " " <= character <= "~":
        return character
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return "".join(_SPECIAL.get(c, c) for c in base if " " <= c <= "~") or "?"
