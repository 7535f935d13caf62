"""The table of warnings, those that are ignored included."""

from __future__ import annotations

from typing import NamedTuple

from mmbench.checks import Finding

__all__ = ["WarningRow", "warning_row"]


class WarningRow(NamedTuple):
    """One warning.

    Attributes
    ----------
    code, severity : str
        Of its check.
    dataset, method : str
        What it is about; empty where it is about all of them.
    title, text : str
        What was found, in a few words and in a sentence.
    remedy : str
        What to do about it.
    ignored : bool
        Whether the report leaves it out.
    """

    code: str
    severity: str
    dataset: str
    method: str
    title: str
    text: str
    remedy: str
    ignored: bool


def warning_row(dataset: str, finding: Finding, ignored: bool) -> WarningRow:
    """Return a finding as a row.

    Parameters
    ----------
    dataset : str
        The name of the dataset; empty where it is about all of them.
    finding : Finding
        What was found.
    ignored : bool
        Whether the report leaves it out.

    Returns
    -------
    WarningRow
    """
    check = finding.check
    return WarningRow(
        code=check.code,
        severity=check.severity,
        dataset=dataset,
        method=finding.method,
        title=check.title,
        text=str(finding),
        remedy=check.remedy,
        ignored=ignored,
    )
