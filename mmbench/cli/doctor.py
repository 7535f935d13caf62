"""``mmbench doctor``: what this machine has, what it lacks, and how to fix that."""

from __future__ import annotations

import dataclasses
import json
import shutil
from typing import TYPE_CHECKING

import click

from mmbench.cli.console import say
from mmbench.untrusted import visible

if TYPE_CHECKING:
    from mmbench.cli.finding import Finding

MARKS = {"ok": (" ", None), "note": ("-", "yellow"), "problem": ("!", "red")}
_INDENT = 20


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show what this machine has for mmbench, and lacks.

    Versions, processor, memory, torch and its device, pretrained weights, the embedded
    data and the cache. What stands in the way of a run is marked with '!', and what
    would only add something with '-'; both come with the command that fixes it.

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
            for each in found:
                if each.topic == topic:
                    _show(each)
    ctx.exit(1 if any(f.level == "problem" for f in found) else 0)


def _show(finding: Finding) -> None:
    from mmbench.cli.table import broken

    mark, color = MARKS[finding.level]
    room = max(20, shutil.get_terminal_size().columns - _INDENT)
    value = f"\n{'':<{_INDENT}}".join(broken(finding.value, room))
    line = visible(f"{mark} {finding.name:<{_INDENT - 3}} {value}")
    click.secho(line, fg=color)
    if finding.fix:
        say(f"{'':<{_INDENT}}fix: {finding.fix}")
