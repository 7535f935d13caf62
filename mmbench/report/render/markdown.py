r"""The report as Markdown, as GitHub renders it.

Every value that a template prints is escaped, unless it is `Verbatim`: a name with a
pipe must not add a column, and one with HTML must not become HTML.
"""

from __future__ import annotations

import re
from functools import partial

from mmbench.presentation.sentences import FileName, Name, Sentence
from mmbench.report.document import Document
from mmbench.report.method_names import MethodNames
from mmbench.untrusted import visible

__all__ = ["markdown_report"]

# "@" would call somebody on GitHub, "$" would start a formula. An underscore between
# letters is only an underscore.
_SPECIAL = re.compile(r"([\\`*\[\]#~|$@]|(?<![^\W_])_|_(?![^\W_]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Verbatim(str):
    """Markdown of our own, which is printed as it is."""

    __slots__ = ()


def markdown_report(document: Document) -> str:
    """Write the report as Markdown.

    Parameters
    ----------
    document : Document
        The report; the text points to the files of its figures.

    Returns
    -------
    str
        GitHub-flavoured Markdown.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("mmbench.report"),
        autoescape=False,  # noqa: S701 - Markdown has rules of its own: finalize
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "fenced": _fenced,
        "ours": Verbatim,
        "sentence": partial(_sentence, names=document.names),
        "short": document.names,
    }
    template = environment.get_template("report.md.j2")
    return template.render(document=document)


def _escape_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    Examples
    --------
    >>> print(_escape_markdown("a|b <b> *c*\n_d_e_"))
    a\|b &lt;b&gt; \*c\* \_d_e\_
    """
    flat = re.sub(r"[^\S\xa0]+", " ", visible(text)).strip()
    entities = "".join(_ENTITIES.get(character, character) for character in flat)
    return _SPECIAL.sub(r"\\\1", entities)


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Verbatim):
        return _escape_markdown(value)
    return value


def _sentence(sentence: Sentence, names: MethodNames) -> Verbatim:
    return Verbatim("".join(_piece(part, names) for part in sentence))


def _piece(part: str, names: MethodNames) -> str:
    if isinstance(part, Name):
        return f"**{_escape_markdown(names(part))}**"
    return f"[{part}]({part})" if isinstance(part, FileName) else _words(part)


def _words(part: str) -> str:
    """Escape the words of a sentence and keep the blanks at their ends."""
    if not part.strip():
        return part
    start, end = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{start}{_escape_markdown(part)}{end}"


def _fenced(text: str) -> Verbatim:
    """Return a block of code, behind a fence that the text can't end."""
    text = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Verbatim(f"{fence}text\n{text.rstrip()}\n{fence}")
