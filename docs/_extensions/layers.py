"""The directive ``layers``: the import contracts of ``pyproject.toml`` as a drawing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

WIDTH, ROW, GAP, CHARACTER = 720, 40, 10, 8.5


def layer_rows(pyproject: Path) -> list[list[str]]:
    """Return the layers, the uppermost first.

    Parameters
    ----------
    pyproject : Path
        The file that has the contracts.

    Returns
    -------
    list of list of str
        The packages of each layer.
    """
    config = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = next(each for each in contracts if each["type"] == "layers")["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in layers]


def drawing_of(rows: list[list[str]]) -> str:
    """Return the layers as SVG.

    Parameters
    ----------
    rows : list of list of str
        The packages of each layer, the uppermost first.

    Returns
    -------
    str
        An ``<svg>`` element.
    """
    height = len(rows) * (ROW + GAP)
    shapes = []
    for i, names in enumerate(rows):
        spare = WIDTH - GAP * (len(names) - 1) - CHARACTER * len("".join(names))
        x, y = 0.0, i * (ROW + GAP)
        for name in names:
            width = CHARACTER * len(name) + spare / len(names)
            shapes.append(
                f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{ROW}" rx="5"/>'
                f'<text x="{x + width / 2:.0f}" y="{y + ROW / 2 + 5}">{name}</text>'
            )
            x += width + GAP
    return (
        f'<svg class="layers" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Packages from {rows[0][0]} down to {rows[-1][0]}; a package '
        f'imports those below it only">{"".join(shapes)}</svg>'
    )


class Layers(Directive):
    """Draw the layers where the directive stands."""

    def run(self) -> list[nodes.Node]:
        """Return the drawing.

        Returns
        -------
        list of Node
        """
        pyproject = Path(__file__).parents[2] / "pyproject.toml"
        return [nodes.raw("", drawing_of(layer_rows(pyproject)), format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known.

    Parameters
    ----------
    app : Sphinx
        The build.

    Returns
    -------
    dict
        What Sphinx asks of extensions.
    """
    app.add_directive("layers", Layers)
    return {"parallel_read_safe": True}
