"""``mmbench cache``: look at what is kept from run to run, and make room."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.output_options import json_option
from mmbench.cli.quantities import Size, Span, readable
from mmbench.errors import UsageError


def _a_folder(
    _ctx: click.Context, _param: click.Parameter, value: Path | None
) -> Path | None:
    if value is not None and ":/" in str(value):
        raise UsageError(
            f"--cache must be a folder here, got {value}: entries in an object store "
            f"are removed by the store's own rules (on S3, a lifecycle configuration)."
        )
    return value


_CACHE = click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    callback=_a_folder,
    help="The cache folder.  [default: the user's]",
)


@click.group("cache")
def command() -> None:
    """Look at what is kept from run to run, and make room."""


@command.command("info")
@json_option
@_CACHE
def info(cache: Path | None, as_json: bool) -> None:
    """Say where the cache is and how much it holds."""
    import json

    from mmbench.engine.cache.place import cache_folder
    from mmbench.engine.cache.upkeep import entries

    folder = cache_folder(cache)
    kept = list(entries(folder))
    total = sum(entry.size_bytes for entry in kept)
    if as_json:
        told = {"folder": str(folder), "n_entries": len(kept), "size_bytes": total}
        click.echo(json.dumps(told, indent=1))
    else:
        click.echo(f"{folder}: {len(kept):,} entries, {readable(total)}")


@command.command("clear")
@_CACHE
def clear(cache: Path | None) -> None:
    """Remove everything; later runs compute it again."""
    _prune(cache, max_bytes=0)


@command.command("prune")
@click.option(
    "--older-than", type=Span(), help="Remove entries unused for this long: 30d."
)
@click.option(
    "--max-size",
    type=Size(),
    help="Shrink the cache to this size, the longest unused entries first: 20G.",
)
@_CACHE
def prune(older_than: float | None, max_size: int | None, cache: Path | None) -> None:
    """Remove what was not used for long, or the longest unused beyond a size."""
    if older_than is None and max_size is None:
        raise click.UsageError(
            "choose what to remove: --older-than 30d or --max-size 20G."
        )
    _prune(cache, older_than_s=older_than, max_bytes=max_size)


def _prune(
    cache: Path | None,
    *,
    older_than_s: float | None = None,
    max_bytes: int | None = None,
) -> None:
    from mmbench.engine.cache import upkeep as cache_upkeep
    from mmbench.engine.cache.place import cache_folder

    folder = cache_folder(cache)
    removed = cache_upkeep.prune(folder, older_than_s=older_than_s, max_bytes=max_bytes)
    freed = sum(entry.size_bytes for entry in removed)
    click.echo(f"{folder}: removed {len(removed):,} entries, {readable(freed)}")
