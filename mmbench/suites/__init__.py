"""The built-in suites.

One file for each, which puts methods together (`parts`) for the given columns and
networks (`materials`); `builtin` lists them. May import everything below the engine.
"""

from __future__ import annotations

from mmbench.suites.builtin import SUITES, BuiltinSuite, build_suite

__all__ = ["SUITES", "BuiltinSuite", "build_suite"]
