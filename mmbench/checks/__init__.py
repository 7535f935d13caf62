"""The checks behind warnings: a code, a title, a severity and a remedy each.

A search yields a `Finding` of its check, from
:mod:`mmbench.checks.catalogue` or of your own; ``--ignore CODE`` leaves it out.

May import `errors` only.
"""

from mmbench.checks.base import Check, Finding
from mmbench.checks.catalogue import CHECKS, check_codes, check_of, finding_of

__all__ = ["CHECKS", "Check", "Finding", "check_codes", "check_of", "finding_of"]
