r"""The report as Markdown, as GitHub renders it.

Every value that a template prints is escaped, unless it is `Verbatim`: a name with a
pipe must not add a column, and one with HTML must not become HTML.
"""

from __future__ import annotations

import re

from mmbench.presentation.numbers import percent_text, score_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.content import Content
from mmbench.report.figures.gallery import ALL, Gallery
from mmbench.untrusted import visible

__all__ = ["escape_markdown", "markdown_report"]

# "@" would call somebody on GitHub, "$" would start a formula. An underscore between
# letters is only an underscore.
_SPECIAL = re.compile(r"([\\`*\[\]#~|$@]|(?<![^\W_])_|_(?![^\W_]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Verbatim(str):
    """Markdown of our own, which is printed as it is."""

    __slots__ = ()


def markdown_report(content: Content, figures: Gallery) -> str:
    """Write the report as Markdown.

    Parameters
    ----------
    content : Content
        What to say.
    figures : mapping of str to list of Drawing
        The figures of each dataset, by its slug; the text points to their files.

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
        "percent": percent_text,
        "score": score_text,
        "sentence": _sentence,
    }
    template = environment.get_template("report.md.j2")
    return template.render(content=content, figures=figures, all_datasets=ALL)


def escape_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    Examples
    --------
    >>> print(escape_markdown("a|b <b> *c*\n_d_e_"))
    a\|b &lt;b&gt; \*c\* \_d_e\_
    """
    flat = re.sub(r"[^\S\xa0]+", " ", visible(text)).strip()
    entities = "".join(_ENTITIES.get(character, character) for character in flat)
    return _SPECIAL.sub(r"\\\1", entities)


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Verbatim):
        return escape_markdown(value)
    return value


def _sentence(sentence: Sentence) -> Verbatim:
    return Verbatim(
        "".join(
            f"**{escape_markdown(part)}**" if isinstance(part, Name) else _words(part)
            for part in sentence
        )
    )


def _words(part: str) -> str:
    """Escape the words of a sentence and keep the blanks at their ends."""
    start, end = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{start}{escape_markdown(part)}{end}"


def _fenced(text: str) -> Verbatim:
    """Return a block of code, behind a fence that the text can't end."""
    text = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Verbatim(f"{fence}text\n{text.rstrip()}\n{fence}")
