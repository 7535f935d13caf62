"""``mmbench cache``: look at what is kept from run to run, and make room."""

from __future__ import annotations

import re
from pathlib import Path

import click

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SPANS_S = {"h": 3600, "d": 86_400, "w": 604_800}


class Size(click.ParamType[int]):
    """A number of bytes: 500M, 20G."""

    name = "SIZE"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", value, re.IGNORECASE)
        if match is None:
            self.fail(f"{value!r} is no size; write 500M or 20G.", param, ctx)
        return int(float(match[1]) * _UNITS[match[2].upper()])


class Span(click.ParamType[float]):
    """A span of time in seconds: 12h, 30d, 8w."""

    name = "AGE"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([hdw])", value)
        if match is None:
            self.fail(f"{value!r} is no span; write 12h, 30d or 8w.", param, ctx)
        return float(match[1]) * _SPANS_S[match[2]]


_CACHE = click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The cache.  [default: the user's]",
)


@click.group("cache")
def command() -> None:
    """Look at what is kept from run to run, and make room."""


@command.command("info")
@_CACHE
def info(cache: Path | None) -> None:
    """Say where the cache is and how much it holds."""
    from mmbench.engine.cache import entries
    from mmbench.engine.execute import cache_folder

    folder = cache_folder(cache)
    kept = list(entries(folder))
    total = sum(entry.size_bytes for entry in kept)
    click.echo(f"{folder}: {len(kept):,} entries, {readable(total)}")


@command.command("clear")
@_CACHE
def clear(cache: Path | None) -> None:
    """Remove everything; later runs compute it again."""
    _prune(cache, max_bytes=0)


@command.command("prune")
@click.option(
    "--older-than", type=Span(), help="Remove what was not used for so long: 30d."
)
@click.option(
    "--max-size", type=Size(), help="Remove the longest unused beyond this: 20G."
)
@_CACHE
def prune(older_than: float | None, max_size: int | None, cache: Path | None) -> None:
    """Remove what was not used for long, or the longest unused beyond a size."""
    if older_than is None and max_size is None:
        raise click.UsageError(
            "say what to remove: --older-than 30d or --max-size 20G."
        )
    _prune(cache, older_than_s=older_than, max_bytes=max_size)


def readable(n_bytes: float) -> str:
    """Return a number of bytes with a unit.

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


def _prune(
    cache: Path | None,
    *,
    older_than_s: float | None = None,
    max_bytes: int | None = None,
) -> None:
    from mmbench.engine import cache as caches
    from mmbench.engine.execute import cache_folder

    folder = cache_folder(cache)
    removed = caches.prune(folder, older_than_s=older_than_s, max_bytes=max_bytes)
    freed = sum(entry.size_bytes for entry in removed)
    click.echo(f"{folder}: removed {len(removed):,} entries, {readable(freed)}")
