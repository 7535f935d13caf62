"""Load a Python file that defines ``suite = Suite(...)``."""

from __future__ import annotations

import hashlib
import re
import sys
import traceback
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from mmbench.errors import MmbenchError, UsageError
from mmbench.untrusted import check_regular

if TYPE_CHECKING:
    from mmbench.suite import Suite


def load_suite_file(path: Path) -> Suite:
    """Run a suite file and return its suite.

    The file becomes a module of its own, whose classes reach worker processes by value
    (with cloudpickle, as Dask and joblib do). Its name carries a digest of its content:
    when the file is edited, what its own classes computed before does not count as
    finished any more, while methods made of installed classes only keep their results.

    Parameters
    ----------
    path : Path
        The Python file. Modules that lie beside it can be imported by it.

    Returns
    -------
    Suite
        What the file calls ``suite``.

    Raises
    ------
    UsageError
        When the file can't be read, does not run, or defines no suite; the message
        says on which line.
    """
    from mmbench.suite import Suite

    module = _run_file(path)
    if not hasattr(module, "suite"):
        raise UsageError(
            f"{path} does not define 'suite'; end it with suite = Suite(name=..., ...)."
        )
    suite = module.suite
    if not isinstance(suite, Suite):
        kind = type(suite).__name__
        raise UsageError(f"suite in {path} must be a mmbench.Suite, got {kind}.")
    return suite


def _run_file(path: Path) -> ModuleType:
    import cloudpickle

    try:
        check_regular(path)
        source = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    digest = hashlib.sha256(source).hexdigest()[:12]
    stem = re.sub(r"\W", "_", path.stem)
    module = ModuleType(f"mmbench_suite_{stem}_{digest}")
    module.__file__ = str(path.resolve())
    code = _compile(path, source)
    # Behind all else, so that no file beside the suite can shadow an installed package.
    sys.path.append(str(path.resolve().parent))
    sys.modules[module.__name__] = module
    try:
        exec(code, module.__dict__)  # noqa: S102 - running the file is what was asked
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise UsageError(f"{_place(path, error)}: {_said(error)}") from error
    cloudpickle.register_pickle_by_value(module)
    return module


def _compile(path: Path, source: bytes) -> CodeType:
    # Not through the import system, which would leave a __pycache__ beside the file.
    try:
        return compile(source, str(path.resolve()), "exec", dont_inherit=True)
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise UsageError(f"{place}: {type(error).__name__}: {error.msg}") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


def _place(path: Path, error: BaseException) -> str:
    """Return ``file:line``, the deepest line of the file that led to the error."""
    own = str(path.resolve())
    frames: Any = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == own]
    return f"{path}:{lines[-1]}" if lines else str(path)


def _said(error: BaseException) -> str:
    if isinstance(error, MmbenchError):
        return str(error)
    return f"{type(error).__name__}: {error}"
