"""The command group, and how everything that goes wrong under it is said."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from typing import IO, Any, cast

import click

from mmbench.cli.console import one_line, warnings_as_lines
from mmbench.cli.interrupt import INTERRUPTED, soon_after_interrupt
from mmbench.errors import MmbenchError

ARGUMENTS = "mmbench.arguments"
"""Where a context keeps what was typed behind ``mmbench``."""

GO_ON = "mmbench.go_on"
"""Where a context keeps what to add when the command is interrupted."""

_COMMANDS = {
    "run": "mmbench.cli.run",
    "plan": "mmbench.cli.plan",
    "report": "mmbench.cli.report",
    "export": "mmbench.cli.export",
    "predict": "mmbench.cli.predict",
    "export-run": "mmbench.cli.export_run",
    "errors": "mmbench.cli.errors",
    "versus": "mmbench.cli.versus",
    "compare": "mmbench.cli.compare",
    "score": "mmbench.cli.score",
    "add": "mmbench.cli.add",
    "ensemble": "mmbench.cli.ensemble",
    "merge": "mmbench.cli.merge",
    "pack": "mmbench.cli.pack",
    "leaderboard": "mmbench.cli.leaderboard",
    "list": "mmbench.cli.list",
    "datasets": "mmbench.cli.datasets",
    "example": "mmbench.cli.example",
    "weights": "mmbench.cli.weights",
    "cache": "mmbench.cli.cache",
    "doctor": "mmbench.cli.doctor",
}


class InputError(click.ClickException):
    """Bad usage or bad input: one line on stderr, exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line.

        Parameters
        ----------
        file : IO, optional
            Where to; by default the standard error.
        """
        click.echo(f"mmbench: error: {one_line(self.message)}", file=file or sys.stderr)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the names of the commands, the most used first.

        Parameters
        ----------
        ctx : Context
            click's context.

        Returns
        -------
        list of str
            Names as they are typed.
        """
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command.

        Parameters
        ----------
        ctx : Context
            click's context.
        cmd_name : str
            What the user typed; an unknown name ends the command with exit code 2.

        Returns
        -------
        click.Command or None
            The command of that name.
        """
        if cmd_name not in _COMMANDS:
            near = difflib.get_close_matches(cmd_name, _COMMANDS, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else "."
            ctx.fail(f"no command is named '{cmd_name}'{hint}")
        return cast(click.Command, importlib.import_module(_COMMANDS[cmd_name]).command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember what was typed, so that a command can say how to go on.

        Parameters
        ----------
        ctx : Context
            click's context, which remembers.
        args : list of str
            What was typed behind ``mmbench``.

        Returns
        -------
        list of str
            The arguments that are left to parse.
        """
        ctx.meta[ARGUMENTS] = tuple(args)
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what mmbench raises on purpose into exit code 2.

        Parameters
        ----------
        ctx : Context
            click's context.

        Returns
        -------
        object
            What the command returns.

        Raises
        ------
        InputError
            In place of every `MmbenchError`.
        """

        def say() -> None:
            click.echo(f"mmbench: interrupted{ctx.meta.get(GO_ON, '')}", err=True)

        try:
            with soon_after_interrupt(say), warnings_as_lines():
                return super().invoke(ctx)
        except MmbenchError as error:
            raise InputError(str(error)) from error
        except KeyboardInterrupt:
            say()
            ctx.exit(INTERRUPTED)


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from mmbench import __version__

        click.echo(f"mmbench {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Compare classical and ensemble methods on texts, images, numbers, sounds, videos.

    \b
    Examples:
      mmbench run quick
      mmbench run fusion --data products.csv --target category \\
          --text name --text description --image image --out out/
      mmbench list classifiers
      mmbench report out/

    \b
    Completion of commands and options in bash (likewise zsh, fish):
      eval "$(_MMBENCH_COMPLETE=bash_source mmbench)"
    """  # noqa: D301 - click reads \b as "keep these lines"
