"""Spread work over threads, of which torch then uses one each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["in_order", "one_thread", "workers"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_order(
    executor: Executor,
    work: Callable[[_Item], _Result],
    items: Iterable[_Item],
    ahead: int,
) -> Iterator[_Result]:
    """Yield what work makes of items, in their order.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        As from :func:`workers`.
    work : callable
        From an item to a result.
    items : iterable
        Taken one by one, so it may wait for results that came before.
    ahead : int
        How many items are worked on, or wait to be, at a time.

    Yields
    ------
    object
        A result.
    """
    begun: deque[Future[_Result]] = deque()
    for item in items:
        begun.append(executor.submit(work, item))
        if len(begun) >= ahead:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


class _AtOnce(Executor):
    """Does the work where it is given: what one thread needs no other one for."""

    def submit(  # type: ignore[override]
        self, work: Callable[[_Item], _Result], item: _Item, /
    ) -> Future[_Result]:
        """Work, and return the result."""
        done: Future[_Result] = Future()
        done.set_result(work(item))
        return done


@contextmanager
def workers(n_threads: int) -> Iterator[Executor]:
    """Give so many threads, in which torch uses no others.

    Parameters
    ----------
    n_threads : int
        With 1, work is done in the caller's thread where it is given.

    Yields
    ------
    Executor
        Takes work as ``concurrent.futures`` does.
    """
    import torch

    with one_thread():
        if n_threads == 1:
            yield _AtOnce()
            return
        pool = ThreadPoolExecutor(
            n_threads, initializer=torch.set_num_threads, initargs=(1,)
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, here and in threads that begin meanwhile.

    What it computes depends in its last bits on how many threads share a sum.
    """
    import torch

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
