"""The suite of a run, built again from the command that it recorded."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.request import Request
from mmbench.cli.requested_suite import requested_suite
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.suite import Suite

__all__ = ["rebuilt_suite"]

_PROGRAMS = {"mmbench", "mmbench.exe", "__main__.py"}


def rebuilt_suite(
    environment: Mapping[str, Any], plan: Mapping[str, Any], given: Mapping[str, Any]
) -> Suite:
    """Build a run's suite again, its data included.

    Parameters
    ----------
    environment : mapping
        The run's ``environment.json``, which may hold its command.
    plan : mapping
        The run's ``plan.json``.
    given : mapping of str to object
        Fields of `Request` that the user gave; they replace recorded ones.

    Returns
    -------
    Suite

    Raises
    ------
    UsageError
        When the command is not known, or names a Python file, which a results folder
        can't make mmbench run.
    DataError
        When the data are not found.
    """
    from mmbench.cli.inspection import with_columns
    from mmbench.suites.ensembling import with_recorded
    from mmbench.suites.tuning import recorded_counts, tuned_suite

    given = {name: value for name, value in given.items() if value}
    recorded = _recorded(str(environment.get("command", "")))
    if recorded is not None and recorded.is_file and "suite" not in given:
        raise UsageError(
            f"the run is of the suite file {recorded.suite!r}, which is only executed "
            f"on request: give it with --suite FILE."
        )
    start = recorded or Request(suite=str(plan.get("suite")))
    request = dataclasses.replace(start, **given)
    if not request.is_file and recorded is None and not given:
        _check_known(request.suite)
    suite = requested_suite(with_columns(request))
    if isinstance(request.tune, float):  # how much that was, the plan says
        counts, tuner = recorded_counts(plan), request.tuner or "random"
        suite = tuned_suite(suite, counts, tuner)
    return with_recorded(suite, plan)


def _check_known(suite: str) -> None:
    from mmbench.suites import SUITES

    if suite not in SUITES:
        raise UsageError(
            f"the run was started from Python, as {suite!r}, so its suite is not "
            "known here: give it with --suite, or call mmbench.export_model."
        )


def _recorded(command: str) -> Request | None:
    """Return what a recorded command asked for, None where it was no such command."""
    from mmbench.cli.run import command as run_command

    try:
        program, name, *words = shlex.split(command)
    except ValueError:
        return None
    if program not in _PROGRAMS or name != "run":
        return None
    # click keeps what is used first.
    how: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
    try:
        with run_command.make_context("run", words, **how) as context:
            asked = context.params
    except (click.ClickException, click.exceptions.Exit):
        return None  # of another version of mmbench
    known = {field.name for field in dataclasses.fields(Request)}
    return Request(**{name: each for name, each in asked.items() if name in known})
