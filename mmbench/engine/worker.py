"""What a worker process does: evaluate batches of nodes."""

from __future__ import annotations

import contextlib
import functools
import pickle
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.engine.cache import Cache, Cost, Costs
from mmbench.engine.limits import NO_LIMITS, Limits, watch
from mmbench.engine.node import Fitted, Node, Times, perform
from mmbench.engine.shared_folder import check_seen
from mmbench.engine.values import Context, Rows, Votes
from mmbench.errors import MmbenchError, RequirementError, StoreError

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

    from mmbench.results import Status

# Doing a node again that took less than this costs less than keeping its value would.
_WORTH_KEEPING_S = 0.05


@dataclass(frozen=True)
class Stored:
    """Stands for a node whose value is computed already, and given or in the cache."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One node to evaluate, cut off from what is already computed below it.

    Parameters
    ----------
    node : Node
        Its heavy inputs are `Stored`.
    given : mapping of str to value
        Values that travel along instead of lying in the cache.
    obituary : path or None
        What is left when the node ends its process; None for this very process.
    fitted : path or None
        Where what was learnt is kept, for this run only; None for nowhere.
    """

    node: Any
    given: Mapping[str, Any]
    limits: Limits = NO_LIMITS
    obituary: Path | None = None
    fitted: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a node.

    Parameters
    ----------
    key : str
        The node's.
    status : {"ok", "failed", "skipped", "timed_out"} or "lost"
        Lost: an input in the cache could not be believed, and has to be made again.
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


class _LostError(MmbenchError):
    """An input is not in the cache (any more)."""


# Filled once, when the worker starts: dataset digest to its rows, and the cache.
contexts: dict[str, Context] = {}
_caches: dict[tuple[Path, str], Cache] = {}


def cache_at(root: Path, namespace: str) -> Cache:
    """Return this process's view of a cache folder, which remembers what it checked."""
    return _caches.setdefault((root, namespace), Cache(root, namespace))


def run_batch(jobs: Sequence[Job], root: Path, namespace: str) -> list[Result]:
    """Evaluate nodes one after another; what goes wrong with one stays with it."""
    cache = cache_at(root, namespace)
    with one_thread():
        return [run_job(job, cache) for job in jobs]


def run_pickled(jobs: bytes, root: Path, namespace: str) -> list[Result]:
    """Evaluate nodes that came from the driver of this run, and from nowhere else."""
    return run_batch(pickle.loads(jobs), root, namespace)  # noqa: S301


def run_job(job: Job, cache: Cache) -> Result:
    """Evaluate one node, keep its value and say what it cost."""
    key = job.node.key
    costs: dict[str, Cost] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            _check_cache(job)
            with watch(job.limits, job.obituary) if job.obituary else nullcontext():
                value = _evaluate(job.node, job.given, cache, costs, job.fitted)
            told = _messages(caught)
            value = _keep(key, value, costs, told, cache)
        except _LostError as error:
            damages = tuple(str(warning.message) for warning in caught)
            return Result(key=key, status="lost", reason=str(error), warnings=damages)
        except StoreError:
            # No method is to blame for a full disk: it ends the run, which can resume.
            raise
        except RequirementError as error:
            return Result(key=key, status="skipped", reason=str(error))
        except Exception as error:  # noqa: BLE001 - the one place where a node runs
            _check_cache(job)
            return Result(
                key=key,
                status="failed",
                reason=f"{type(error).__name__}: {error}",
                traceback=traceback.format_exc(),
            )
    return Result(key=key, status="ok", value=value, costs=costs, warnings=told)


def _check_cache(job: Job) -> None:
    """Raise `StoreError` when the cache is out of sight, before a method is blamed."""
    if job.obituary is not None:
        check_seen(job.obituary.parent)


def _messages(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what was warned about, each message once."""
    return tuple(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in caught))


def cut(node: Node, *, top: bool = True) -> Any:
    """Return a node whose heavy inputs are `Stored`, so that it travels alone."""
    if not node.light and not top:
        return Stored(node.key)
    twin = Node.__new__(Node)
    twin.work, twin.rows, twin.dataset = node.work, node.rows, node.dataset
    twin.label, twin.key = node.label, node.key
    twin.inputs = tuple(cut(inner, top=False) for inner in node.inputs)
    return twin


def _evaluate(
    node: Any,
    given: Mapping[str, Any],
    cache: Cache,
    costs: dict[str, Cost],
    keep: Path | None = None,
) -> Any:
    if isinstance(node, Stored):
        if node.key in given:
            return given[node.key]
        value = cache.read(node.key)
        if value is None:
            raise _LostError(node.key)
        return value
    inputs = [_evaluate(inner, given, cache, costs) for inner in node.inputs]
    context = contexts[node.dataset].of(node.label)
    _reset_peak()
    value, times, fitted = perform(node.work, inputs, node.rows, context)
    cost = _cost(times, node.rows, context)
    costs[node.key] = replace(cost, computed_with=_computed_with(node.work, fitted))
    if keep is not None and fitted is not None:
        _keep_fitted(keep, fitted)
    return value


def _keep_fitted(path: Path, fitted: Fitted) -> None:
    """Leave what was learnt to the measuring phase, which else learns it again."""
    import cloudpickle

    try:
        with suppress(pickle.PicklingError, TypeError, AttributeError):
            path.write_bytes(cloudpickle.dumps(fitted._replace(train=None)))
    except OSError:
        path.unlink(missing_ok=True)


def _keep(key: str, value: Any, costs: Costs, told: Sequence[str], cache: Cache) -> Any:
    """Put a value into the cache and return None, or return what travels instead."""
    if isinstance(value, Votes):
        # Small, and often needed at once: it travels, and is kept if it was costly.
        if costs[key].wall_s >= _WORTH_KEEPING_S:
            cache.write(key, value, costs, told)
        return value
    return None if cache.write(key, value, costs, told) else value


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
    """Find the libraries with threads, anew only when more modules are imported."""
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
