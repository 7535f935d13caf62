"""The built-in suites."""

from __future__ import annotations

from mmbench.suites.builtin import SUITES, BuiltinSuite, build_suite

__all__ = ["SUITES", "BuiltinSuite", "build_suite"]
