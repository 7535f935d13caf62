"""Sizes, spans of time and places of caches, as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import click

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SPANS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Size(click.ParamType[int]):
    """A number of bytes: 500M, 20G."""

    name = "SIZE"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a size such as ``500M`` as bytes.

        Parameters
        ----------
        value : str
            What the user typed.
        param : Parameter or None
            The option, for the error message.
        ctx : Context or None
            click's context.

        Returns
        -------
        int
            Bytes; K, M, G and T are powers of 1000.
        """
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", value, re.IGNORECASE)
        if match is None:
            self.fail(f"{value!r} is not a size; write 500M or 20G.", param, ctx)
        return int(float(match[1]) * _UNITS[match[2].upper()])


class CachePlace(click.ParamType["Path | str"]):
    """A folder, or a URL such as s3://bucket/prefix."""

    name = "DIR|URL"

    def convert(
        self,
        value: Path | str,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,  # noqa: ARG002
    ) -> Path | str:
        """Read a folder or a URL.

        Parameters
        ----------
        value : str
            What the user typed.
        param : Parameter or None
            The option, for the error message.
        ctx : Context or None
            click's context.

        Returns
        -------
        Path or str
            A URL stays a string.
        """
        return str(value) if "://" in str(value) else Path(value)


class Span(click.ParamType[float]):
    """A span of time, in seconds: 90s, 10m, 12h, 30d, 8w."""

    name = "AGE"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a span of time such as ``10m`` as seconds.

        Parameters
        ----------
        value : str
            What the user typed.
        param : Parameter or None
            The option, for the error message.
        ctx : Context or None
            click's context.

        Returns
        -------
        float
            Seconds.
        """
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", value)
        if match is None:
            self.fail(
                f"{value!r} is not a span of time; write 90s, 10m, 12h or 30d.",
                param,
                ctx,
            )
        return float(match[1]) * _SPANS_S[match[2]]


def readable(n_bytes: float) -> str:
    """Return a number of bytes with a unit.

    Parameters
    ----------
    n_bytes : float
        Bytes, at least 0.

    Returns
    -------
    str
        B, or decimal multiples up to TB.

    Examples
    --------
    >>> readable(1_234_567)
    '1.2 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} B" if unit == "B" else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} TB"
