"""What a check and what it finds are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

__all__ = ["Check", "Finding", "Severity"]

Severity: TypeAlias = Literal["info", "warning", "serious"]


@dataclass(frozen=True)
class Check:
    """Something that a dataset, a run or a report is checked for.

    Parameters
    ----------
    code : str
        Short and unique; what ``--ignore`` takes.
    title : str
        What is found, in a few words.
    severity : {"info", "warning", "serious"}
        Whether scores are as they should be, may mislead, or are likely too good.
    remedy : str
        What to do about it.
    link : str, default=""
        Where it is explained.

    Examples
    --------
    >>> blurred = Check("LAB1", "Blurred scans", "warning", "scan the pages again")
    >>> finding = blurred.found("12 of 80 scans are blurred.")
    >>> finding, finding.check.code
    ('12 of 80 scans are blurred.', 'LAB1')
    """

    code: str
    title: str
    severity: Severity
    remedy: str
    link: str = ""

    def found(self, *sentence: str, method: str = "") -> Finding:
        """Return a finding of this check.

        Parameters
        ----------
        *sentence : str
            The words, in pieces where names among them are set apart.
        method : str, default=""
            The method that it is about, if it is about one.

        Returns
        -------
        Finding
        """
        return Finding(self, *sentence, method=method)


class Finding(str):
    """A sentence of warning that knows which check it comes from.

    Parameters
    ----------
    check : Check
        What was looked for.
    *sentence : str
        The words, in pieces where names among them are set apart.
    method : str, default=""
        The method that it is about, if it is about one.
    """

    check: Check
    sentence: tuple[str, ...]
    method: str

    def __new__(cls, check: Check, *sentence: str, method: str = "") -> Self:
        """Join the pieces to the string that a finding is."""
        self = super().__new__(cls, "".join(sentence))
        self.check, self.sentence, self.method = check, sentence, method
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what a copy is made of."""
        return (self.check, *self.sentence)
