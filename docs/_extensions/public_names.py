"""Write the pages of the API: one for each name that a public package has in `__all__`.

A package's page shows its docstring and lists its names; autosummary makes the pages of
these. So no name can be public without a page.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import mmbench

PACKAGES = (
    *(
        "mmbench",
        "mmbench.api",
        "mmbench.datasets",
        "mmbench.feature_extraction",
        "mmbench.fusion",
    ),
    *("mmbench.fusion.joint_spaces", "mmbench.fusion.embedding"),
    *("mmbench.predictors", "mmbench.tasks", "mmbench.suite", "mmbench.suites"),
    *("mmbench.engine", "mmbench.results", "mmbench.report", "mmbench.export"),
    *("mmbench.sharing", "mmbench.stats", "mmbench.checks", "mmbench.columns"),
    *("mmbench.neural", "mmbench.spec", "mmbench.testing", "mmbench.errors"),
)


def _summary(names: list[str], *, of_others: bool = False) -> list[str]:
    toctree = [] if of_others else ["   :toctree: generated"]
    lines = [".. autosummary::", *toctree, "   :nosignatures:", ""]
    return [*lines, *(f"   {name}" for name in names), ""]


def _front_page() -> str:
    """Return the page of the root package, whose names have their pages elsewhere."""
    homes = sorted(mmbench._HOMES.items(), key=lambda item: item[0].lower())
    lines = ["mmbench", "=======", "", inspect.getdoc(mmbench) or "", ""]
    lines += ["Names that can be imported from here", "-" * 36, ""]
    lines += _summary([f"~{h}.{n}" for n, h in homes], of_others=True)
    return "\n".join(lines)


def _page(name: str) -> str:
    package = importlib.import_module(name)
    if package is mmbench:
        return _front_page()
    kinds: dict[str, list[str]] = {"Classes": [], "Functions": [], "Constants": []}
    for public in sorted(package.__all__, key=str.lower):
        value: Any = getattr(package, public)
        kind = "Constants"
        if inspect.isclass(value):
            kind = "Classes"
        elif inspect.isroutine(value):
            kind = "Functions"
        kinds[kind].append(public)
    documented = _described(kinds.pop("Constants"))
    lines = [name, "=" * len(name), "", f".. currentmodule:: {name}", ""]
    lines += [inspect.getdoc(package) or "", ""]
    for kind, names in kinds.items():
        if names:
            lines += [kind, "-" * len(kind), "", *_summary(names)]
    return "\n".join([*lines, *documented])


def _described(names: list[str]) -> list[str]:
    """Return the constants, which have no docstring of their own to be listed by."""
    if not names:
        return []
    lines = ["Constants", "---------", ""]
    for name in names:
        lines += [f".. autodata:: {name}", "   :no-value:", ""]
    return lines


def write_pages(app: Sphinx, _config: Any) -> None:
    """Write ``api/index.rst`` and a page for each public package.

    Parameters
    ----------
    app : Sphinx
        The build.
    _config : Config
        Its configuration.
    """
    folder = Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    for name in PACKAGES:
        _write(folder / f"{name}.rst", _page(name))
    index = [
        "API",
        "===",
        "",
        "Every public name, by the package it is imported from.",
        "",
    ]
    index += [".. toctree::", "   :maxdepth: 1", "", *(f"   {n}" for n in PACKAGES), ""]
    _write(folder / "index.rst", "\n".join(index))


def _write(path: Path, text: str) -> None:
    # What is unchanged keeps its date, so that a second build is short.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Let Sphinx write the pages before it looks for sources.

    Parameters
    ----------
    app : Sphinx
        The build.

    Returns
    -------
    dict
        What Sphinx asks of extensions.
    """
    app.connect("config-inited", write_pages)
    return {"parallel_read_safe": True}
