"""From the schedule to the executor and back, until every trial has ended."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmbench.engine.execution.worker import Job, cut
from mmbench.engine.graph.node import Node

if TYPE_CHECKING:
    from mmbench.engine.execution.executor import Executor
    from mmbench.engine.execution.interrupt import Interrupt
    from mmbench.engine.execution.schedule import Finished, Schedule
    from mmbench.engine.execution.yardstick import Yardsticks


@dataclass(frozen=True)
class Orders:
    """What every job of a run needs besides its node.

    Attributes
    ----------
    asked_again : container of str
        The keys of nodes whose fitted state is needed again.
    """

    asked_again: Container[str]

    def job(self, node: Node, given: Mapping[str, Any]) -> Job:
        """Return what a worker is sent for a node.

        Parameters
        ----------
        node : Node
            What to evaluate.
        given : mapping of str to object
            Values of its inputs that are not in the cache, by key.

        Returns
        -------
        Job
            It can be pickled.
        """
        keeps_fitted = node.key in self.asked_again
        return Job(node=cut(node), given=given, keeps_fitted=keeps_fitted)


def ends(
    schedule: Schedule,
    executor: Executor,
    orders: Orders,
    interrupt: Interrupt,
    yardsticks: Yardsticks,
) -> Iterator[list[Finished]]:
    """Yield trials as they end; once interrupted, those that end soon.

    Parameters
    ----------
    schedule : Schedule
        What is left to do.
    executor : Executor
        Runs the batches.
    orders : Orders
        What every job needs besides its node.
    interrupt : Interrupt
        Whether the user wants to stop.
    yardsticks : Yardsticks
        Says when the yardstick is timed, and keeps its times.

    Yields
    ------
    list of Finished
        The trials that ended since the last; may be empty.
    """
    while schedule.n_open:
        while executor.has_room() and not interrupt.is_asked:
            batch = schedule.next_batch()
            if not batch:
                break
            jobs = [orders.job(node, schedule.given(node)) for node in batch]
            executor.submit([*yardsticks.due(), *jobs])
        results = yardsticks.sorted_out(executor.wait())
        yield [ended for result in results for ended in schedule.settle(result)]
        if interrupt.is_overdue or (interrupt.is_asked and executor.is_idle()):
            return
