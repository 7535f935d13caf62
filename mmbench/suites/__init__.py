"""The built-in suites.

A file for each, which puts methods together (`parts`) for the columns and networks at
hand (`materials`); `builtin` lists them. May import everything below the engine.
"""

from __future__ import annotations

from mmbench.suites.builtin import SUITES, BuiltinSuite, build_suite

__all__ = ["SUITES", "BuiltinSuite", "build_suite"]
