"""How far a run is, in a notebook or on a terminal."""

from __future__ import annotations

import html
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from mmbench.cli.console import stderr
from mmbench.cli.estimate import Estimate
from mmbench.cli.progress import Meter, meter

if TYPE_CHECKING:
    from typing import Self

__all__ = ["display_of"]

_EVERY_S = 0.5


def display_of(progress: bool | None) -> AbstractContextManager[Meter | None]:
    """Return a display of the progress of a run.

    Parameters
    ----------
    progress : bool or None
        Whether to show anything; None: in a notebook and on a terminal.

    Returns
    -------
    context manager
        It gives a Meter, or None when nothing is shown.
    """
    notebook = _in_notebook()
    if progress or (progress is None and (notebook or sys.stderr.isatty())):
        return _NotebookMeter() if notebook else meter()
    return nullcontext()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return hasattr(shell, "kernel")


class _NotebookMeter(Meter):
    """One line under the cell, redrawn as the run goes on, and gone at its end."""

    def __init__(self) -> None:
        super().__init__(stderr(), Estimate())
        self._shown_at_s = 0.0
        self._handle: Any = None

    def __enter__(self) -> Self:
        from IPython.display import display

        self._handle = display(self._line(), display_id=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.update(_html(""))

    def show(self, *, begins: bool = False) -> None:
        """Draw the line again, if it is time.

        Parameters
        ----------
        begins : bool, default=False
            Whether a phase has just begun.
        """
        now = time.monotonic()
        if begins or now - self._shown_at_s >= _EVERY_S:
            self._shown_at_s = now
            self._handle.update(self._line())

    def _line(self) -> Any:
        bar = f'<progress value="{self.estimate.share():.3f}"></progress>'
        return _html(f"{bar} {html.escape(f'{self.counts}, {self.times}')}")


def _html(text: str) -> Any:
    from IPython.display import HTML

    return HTML(text)
