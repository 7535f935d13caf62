"""``mmbench doctor``: what this machine has, what it lacks, and how to mend that."""

from __future__ import annotations

import dataclasses
import json

import click

MARKS = {"ok": (" ", None), "note": ("-", "yellow"), "problem": ("!", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show versions, processor, memory, torch, weights and caches.

    What stands in the way of a run is marked with '!', and what would only add
    something with '-'; both come with the command that mends it.

    \b
    Exit code: 0 all is well; 1 something stands in the way of a run.
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli import finding

    found = finding.findings()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(f) for f in found], indent=1))
    else:
        for topic in dict.fromkeys(f.topic for f in found):
            click.secho(topic, bold=True)
            for f in found:
                if f.topic == topic:
                    _show(f.level, f.name, f.value, f.fix)
    ctx.exit(1 if any(f.level == "problem" for f in found) else 0)


def _show(level: str, name: str, value: str, fix: str | None) -> None:
    mark, color = MARKS[level]
    click.secho(f"{mark} {name:<18} {value}", fg=color)
    if fix:
        click.echo(f"{'':<20} mend it with: {fix}")
