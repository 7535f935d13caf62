"""What methods need of the machine, known before any work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmbench.errors import RequirementError
from mmbench.fusion.columns import inner_estimators

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["missing_requirement", "missing_requirements"]


def missing_requirement(method: Any) -> str | None:
    """Return what has to be installed or fetched before a method can run.

    Parameters
    ----------
    method : estimator
        It and every estimator inside it are asked by ``check_requirements``, where they
        have such a method.

    Returns
    -------
    str or None
        What the first one that lacks something says; None when nothing is known to
        lack. An estimator that hides others in anything but its parameters isn't
        looked into.
    """
    check = getattr(method, "check_requirements", None)
    if check is not None:
        try:
            check()
        except RequirementError as error:
            return str(error)
        except Exception:  # noqa: BLE001 - a wrong parameter, say: its trials will fail
            return None
    found = map(missing_requirement, inner_estimators(method))
    return next((reason for reason in found if reason is not None), None)


def missing_requirements(methods: Mapping[str, Any]) -> dict[str, str]:
    """Return the methods that can't run on this machine, and why.

    Parameters
    ----------
    methods : mapping of str to estimator
        Methods by name.

    Returns
    -------
    dict of str to str
        Reasons by name; empty when nothing is known to lack.
    """
    found = {name: missing_requirement(method) for name, method in methods.items()}
    return {name: reason for name, reason in found.items() if reason is not None}
