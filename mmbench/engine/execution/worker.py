"""What a worker process does: evaluate nodes, one task after another.

Code that is not of a known package runs here and nowhere else: whatever it raises, it
leaves one result with its reason.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from mmbench.engine.cache.store import Cache, Cost, Costs
from mmbench.engine.execution.foreign import load, reason_of, traceback_of, warnings_of
from mmbench.engine.execution.parts import parts_folder
from mmbench.engine.execution.shared_folder import check_seen
from mmbench.engine.graph.node import Fitted, Node, Times, perform
from mmbench.engine.graph.search_outcomes import search_outcome
from mmbench.engine.graph.values import Context, Failed, FailedInputError, Rows
from mmbench.errors import MmbenchError, RequirementError, StoreError
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

    from mmbench.results import Status

# Doing a node again that took less than this costs less than keeping its value would.
_WORTH_KEEPING_S = 0.05


@dataclass(frozen=True)
class Stored:
    """Stands for a node whose value is computed already, and given or in the cache.

    Attributes
    ----------
    key : str
        The node's key.
    """

    key: str


class Task(Protocol):
    """What a worker is asked to do."""

    @property
    def key(self) -> str:
        """What its result is known by."""

    def perform(self, cache: Cache) -> Result:
        """Do it.

        Parameters
        ----------
        cache : Cache
            Where values are.

        Returns
        -------
        Result
            How the task ended, and its value.
        """


@dataclass(frozen=True, kw_only=True)
class Job:
    """One node to evaluate, cut off from what is already computed below it.

    Parameters
    ----------
    node : Node
        Its heavy inputs are `Stored`.
    given : mapping of str to value
        Values that travel along instead of lying in the cache.
    keeps_fitted : bool
        Whether what was learnt is kept in the folder of the run, for this run only.
    """

    node: Any
    given: Mapping[str, Any]
    keeps_fitted: bool = False

    @property
    def key(self) -> str:
        """The node's."""
        key: str = self.node.key
        return key

    def perform(self, cache: Cache) -> Result:
        """Evaluate the node, keep its value and say what it cost."""
        costs: dict[str, Cost] = {}
        folder = cache.run_folder if self.keeps_fitted else None
        keep = None if folder is None else folder / self.key
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            try:
                value = _evaluate(self.node, self.given, cache, costs, keep)
                told = warnings_of(caught)
                value = _keep(self.key, value, costs, told, cache)
            except _LostError as error:
                damages = tuple(str(warning.message) for warning in caught)
                return Result(
                    key=self.key, status="lost", reason=str(error), warnings=damages
                )
        return Result(
            key=self.key, status="ok", value=value, costs=costs, warnings=told
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a task ended.

    Parameters
    ----------
    key : str
        The task's.
    status : {"ok", "failed", "skipped", "timed_out"}, "lost" or "unstored"
        Lost: an input in the cache could not be believed, and has to be made again.
        Unstored: the cache can't be read or written, for which no method is to blame.
    value : object, optional
        None when it lies in the cache.
    costs : mapping of str to Cost
        Of the node and of the light ones that were done for it.
    reason, traceback : str, optional
        Why it is not ok. For a lost one, `reason` is the key of the input.
    warnings : tuple of str
        What the estimators warned about, each message once.
    """

    key: str
    status: Status | str
    value: Any = None
    costs: Mapping[str, Cost] = field(default_factory=dict)
    reason: str | None = None
    traceback: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Packed:
    """A value of a kind that can't be cached, opened where it is needed only.

    The driver never does: unpickling may run the code of a method.

    Attributes
    ----------
    pickled : bytes
        The value, pickled by cloudpickle.
    """

    pickled: bytes


class _LostError(MmbenchError):
    """An input is not in the cache (any more)."""


# Filled once, when the process starts: dataset digest to its rows, and the cache.
contexts: dict[str, Context] = {}
_caches: dict[tuple[Path, str, Path | None, str | None], Cache] = {}

_beats: list[Callable[[], object]] = []


def on_heartbeat(beat: Callable[[], object]) -> None:
    """Say what :func:`heartbeat` does in this process.

    Parameters
    ----------
    beat : callable
        Called without arguments while work goes on.
    """
    _beats[:] = [beat]


def heartbeat() -> None:
    """Restart the time limit: a piece of a longer task begins."""
    for beat in _beats:
        beat()


def cache_at(
    root: Path,
    namespace: str,
    run_folder: Path | None = None,
    url: str | None = None,
) -> Cache:
    """Return this process's view of a cache folder, which remembers what it checked.

    Parameters
    ----------
    root : Path
        The folder of the cache.
    namespace : str
        The part of it that was made with the same versions.
    run_folder : Path, optional
        The folder of the run in it: who sees that sees the cache.
    url : str, optional
        Where else values are kept.

    Returns
    -------
    Cache
        The same object for equal arguments.
    """
    place = root, namespace, run_folder, url
    return _caches.setdefault(place, Cache(*place))


def protected(datasets: Mapping[str, Context]) -> Mapping[str, Context]:
    """Make the arrays in the cells of datasets read-only, and return the datasets.

    A method that edits what it is given would change what all others are given.

    Parameters
    ----------
    datasets : mapping of str to Context
        The datasets, by their digests; they are changed.

    Returns
    -------
    mapping of str to Context
        The same object.
    """
    for context in datasets.values():
        for name in context.X:
            column = context.X[name]
            for cell in column.array if str(column.dtype) == "object" else ():
                if isinstance(cell, np.ndarray):
                    cell.flags.writeable = False
    return datasets


def answer(
    pickled: bytes, root: Path, namespace: str, run_folder: Path | None = None
) -> tuple[bytes, bool]:
    """Perform a pickled task; return its pickled result, and whether to trust no more.

    Parameters
    ----------
    pickled : bytes
        From the driver of this run, and from nowhere else.
    root : path
        The folder of the cache.
    namespace : str
        The part of it.
    run_folder : path, optional
        The folder of the run in it.

    Returns
    -------
    result : bytes
    is_spent : bool
        Whether code that is not of a known package may have run in this process.
    """
    cache = cache_at(root, namespace, run_folder)
    try:
        parts = None if run_folder is None else parts_folder(run_folder)
        task, is_foreign = load(pickled, parts)
    except BaseException as error:  # noqa: BLE001 - it runs what methods bring along
        return pickle.dumps((_unloaded(error, cache), True)), True
    result = run_task(task, cache)
    is_spent = is_foreign or _opened_foreign
    return pickle.dumps((result, is_spent)), is_spent


def _unloaded(error: BaseException, cache: Cache) -> Result:
    """Return how a task ended that can't be unpickled; its parts lie in the cache."""
    try:
        _check_cache(cache)
    except StoreError as gone:
        return Result(key="", status="unstored", reason=str(gone))
    reason = f"a worker process can't load it: {reason_of(error)}"
    return Result(key="", status="failed", reason=reason)


def run_task(task: Task, cache: Cache, *, interruptible: bool = False) -> Result:
    """Perform a task; what goes wrong with it stays with it.

    Parameters
    ----------
    task : Task
        What to do.
    cache : Cache
        Where values are.
    interruptible : bool, default=False
        Whether KeyboardInterrupt is the user's, rather than raised by a method.

    Returns
    -------
    Result
        Its status says how the task ended.
    """
    pid = os.getpid()
    try:
        with one_thread():
            return _performed(task, cache)
    except StoreError as error:
        # No method is to blame for a full disk: it ends the run, which can resume.
        return Result(key=task.key, status="unstored", reason=str(error))
    except RequirementError as error:
        return Result(
            key=task.key, status="skipped", reason=reason_of(error, bare=True)
        )
    except BaseException as error:
        if interruptible and isinstance(error, KeyboardInterrupt):
            raise
        return Result(
            key=task.key,
            status="failed",
            reason=reason_of(error),
            traceback=traceback_of(error),
        )
    finally:
        if os.getpid() != pid:
            # A method forked its process, and this is not the one that was asked.
            os._exit(0)


def _performed(task: Task, cache: Cache) -> Result:
    """Perform a task; no method is to blame for a cache that is out of sight."""
    _check_cache(cache)
    try:
        return task.perform(cache)
    except BaseException:
        _check_cache(cache)
        raise


def _check_cache(cache: Cache) -> None:
    if cache.run_folder is not None:
        check_seen(cache.run_folder)


def cut(node: Node, *, top: bool = True) -> Any:
    """Return a node whose heavy inputs are `Stored`, so that it travels alone.

    Parameters
    ----------
    node : Node
        A node to evaluate.
    top : bool, default=True
        Whether it is that node itself, not an input.

    Returns
    -------
    Node or Stored
        A copy without what lies below heavy inputs.
    """
    if not node.light and not top:
        return Stored(node.key)
    twin = Node.__new__(Node)
    twin.work, twin.rows, twin.dataset = node.work, node.rows, node.dataset
    twin.views, twin.key = node.views, node.key
    twin.inputs = tuple(cut(inner, top=False) for inner in node.inputs)
    return twin


def kept_inputs(task: Any) -> tuple[str, ...]:
    """Return the keys of the kept values that a task reads.

    Parameters
    ----------
    task : Task
        A job; other tasks do without.

    Returns
    -------
    tuple of str
        Without the values that travel with it.
    """
    if not isinstance(task, Job):
        return ()
    found: dict[str, None] = {}
    open_nodes = [task.node]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, Stored):
            found[node.key] = None
        else:
            open_nodes += node.inputs
    return tuple(key for key in found if key not in task.given)


def _evaluate(
    node: Any,
    given: Mapping[str, Any],
    cache: Cache,
    costs: dict[str, Cost],
    keep: Path | None = None,
) -> Any:
    if isinstance(node, Stored):
        if node.key in given:
            return _opened(given[node.key])
        value = cache.read(node.key)
        if value is None:
            raise _LostError(node.key)
        return value
    evaluate = _evaluate_or_fail if node.work.tolerant else _evaluate
    inputs = [evaluate(inner, given, cache, costs) for inner in node.inputs]
    context = contexts[node.dataset].seen_by(node.views)
    _reset_peak()
    value, times, fitted = perform(node.work, inputs, node.rows, context)
    cost = _cost(times, node.rows, context)
    costs[node.key] = replace(
        cost,
        computed_with=_computed_with(node.work, fitted),
        search=None if fitted is None else search_outcome(fitted.model),
        needs=None if fitted is None else fitted.needs,
    )
    if keep is not None and fitted is not None:
        _keep_fitted(keep, fitted)
    return value


def _evaluate_or_fail(
    node: Any, given: Mapping[str, Any], cache: Cache, costs: dict[str, Cost]
) -> Any:
    """Return a node's value, or what stands for it where it failed."""
    try:
        return _evaluate(node, given, cache, costs)
    except FailedInputError as error:
        return Failed(str(error))
    except (MmbenchError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a light node's own
        return Failed(reason_of(error))


def _opened(value: Any) -> Any:
    """Return a value that travelled."""
    if isinstance(value, Failed):
        raise FailedInputError(value.reason)
    global _opened_foreign  # noqa: PLW0603 - the process is what can't be trusted
    if not isinstance(value, Packed):
        return value
    value, is_foreign = load(value.pickled)
    _opened_foreign |= is_foreign
    return value


_opened_foreign = False


def _keep_fitted(path: Path, fitted: Fitted) -> None:
    """Leave what was learnt to the phases after the trials."""
    import cloudpickle

    try:
        pickled = cloudpickle.dumps(fitted._replace(train=None))
    except BaseException:  # noqa: BLE001 - runs what methods bring along
        return
    try:
        path.write_bytes(pickled)
    except OSError:
        path.unlink(missing_ok=True)


def _keep(key: str, value: Any, costs: Costs, told: Sequence[str], cache: Cache) -> Any:
    """Put a value into the cache and return None, or return what travels instead."""
    import cloudpickle

    if isinstance(value, Prediction):
        # Small, and often needed at once: it travels, and is kept if it was costly.
        for array in value.arrays.values():
            array.flags.writeable = False
        if costs[key].wall_s >= _WORTH_KEEPING_S:
            cache.write(key, value, costs, told)
        return value
    if cache.write(key, value, costs, told):
        return None
    return Packed(cloudpickle.dumps(value))


def _cost(times: Times, rows: Rows | None, context: Context) -> Cost:
    n_rows = len(context.y) if rows is None else len(rows.train) + len(rows.apply)
    return Cost(**times._asdict(), n_rows=n_rows, peak_rss_bytes=_peak_rss_bytes())


def _computed_with(work: Any, fitted: Fitted | None) -> str:
    model = getattr(work, "estimator", None) if fitted is None else fitted.model
    tell = getattr(model, "computed_with", None)
    return "" if tell is None else " on ".join(tell().values())


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let numerical libraries use one thread, so that n jobs use n cores."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    with _thread_pools(len(sys.modules)).limit(limits=1):
        yield


@functools.lru_cache(maxsize=1)
def _thread_pools(_n_modules: int) -> ThreadpoolController:
    """Find the libraries with threads, again only when more modules are imported."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


_CLEAR_REFS, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def _reset_peak() -> None:
    # Linux only: elsewhere the peak is that of the process so far.
    with contextlib.suppress(OSError):
        _CLEAR_REFS.write_text("5")


def _peak_rss_bytes() -> int:
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    import psutil

    return int(psutil.Process().memory_info().rss)
