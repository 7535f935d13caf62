"""A console that no name can steer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

from mmbench.untrusted import visible

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType

__all__ = ["PlainConsole"]


class PlainConsole(Console):
    """Spells out what could steer a terminal in whatever is printed.

    Names of datasets, columns, labels and methods come from files, and could hide or
    forge lines otherwise. The console's own control codes stay what they are.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render an object, without what its text could do besides being read.

        Parameters
        ----------
        renderable : RenderableType
            What rich can print.
        options : ConsoleOptions, optional
            The console's own by default.

        Yields
        ------
        Segment
            A piece of text with its style, control characters spelled out.
        """
        for segment in super().render(renderable, options):
            # A line that is drawn over ends in a carriage return of our own.
            if segment.control or segment.text == "\r":
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)
