"""The report as one HTML file that needs nothing else, not even the network."""

from __future__ import annotations

import base64
import hashlib
import math
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from mmbench.presentation.drawing import Drawing
from mmbench.presentation.palette import TONES, fusion_tone
from mmbench.presentation.sentences import FileName, Name, Sentence
from mmbench.presentation.svg import inline_svg
from mmbench.report.document import Document
from mmbench.report.method_names import MethodNames

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["html_report"]


def html_report(document: Document) -> str:
    """Write the report as HTML.

    Parameters
    ----------
    document : Document
        The report. Every text in it is escaped: it may come from somebody else's
        folder.

    Returns
    -------
    str
        A page with its styles, figures and the few lines of script that sort and filter
        tables.
        Its content security policy lets that one script run and nothing be fetched.
    """
    environment = _environment(document.names)
    script = environment.get_template("tables.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        document=document,
        tones=TONES,
        script=Markup(script),  # noqa: S704 - our own file, without variables
        script_hash=f"sha256-{digest}",
    )


def _environment(names: MethodNames) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("mmbench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "breakable": _breakable,
        "figure": _figure,
        "link": _link,
        "sentence": partial(_sentence, names=names),
        "short": names,
        "sort_value": _sort_value,
        "unbroken": _unbroken,
        "tone": lambda fusion: fusion_tone(fusion).variable,
    }
    environment.tests["method"] = lambda text: isinstance(text, Name)
    return environment


def _breakable(text: str, after: str = "/") -> Markup:
    """Let a long name break into lines after its slashes."""
    return Markup("{}<wbr>").format(after).join(text.split(after))


def _sentence(sentence: Sentence, names: MethodNames) -> Markup:
    return Markup("").join(_piece(part, names) for part in sentence)


def _piece(part: str, names: MethodNames) -> Markup:
    if isinstance(part, Name):
        short = names(part)
        name = Markup('<b class="name"{}>{}</b>')
        full = Markup(' title="{}"').format(part) if short != part else ""
        return name.format(full, _breakable(short))
    if isinstance(part, FileName):
        return Markup('<a href="{0}">{0}</a>').format(part)
    return _unbroken(part)


def _unbroken(text: str) -> Markup:
    """Keep a number and its percent sign on one line."""
    return escape(text.replace(" %", "\N{NO-BREAK SPACE}%"))


def _link(text: str) -> Markup:
    """Make a web address a link; any other scheme stays text."""
    if text.startswith(("https://", "http://")) and not any(map(str.isspace, text)):
        return Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(text)
    return escape(text)


def _sort_value(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return repr(float(value)) if math.isfinite(value) else ""


def _figure(drawing: Drawing, slug: str) -> Markup:
    svg = inline_svg(
        drawing.svg,
        prefix=f"{slug}-{drawing.name}",
        label=drawing.caption,
        hints=drawing.hints,
    )
    return Markup(svg)  # noqa: S704 - matplotlib and inline_svg escape every text
