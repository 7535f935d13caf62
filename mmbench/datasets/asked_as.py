"""Datasets of one task asked as another: labels are answers, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mmbench.datasets.samples import Dataset, Samples
from mmbench.errors import DataError
from mmbench.tasks import get_task

if TYPE_CHECKING:
    from mmbench.tasks import Task

__all__ = ["asked_as"]


@dataclass(frozen=True)
class AskedAs:
    """Loads samples of another task, and takes their targets for this one's.

    Parameters
    ----------
    load : callable
        Returns the samples.
    of, task : str
        The names of their task, and of the one that is asked.
    schema : mapping of str to object
        What is said about the target besides the samples.
    """

    load: Callable[[], Samples]
    of: str
    task: str
    schema: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> Samples:
        """Return the samples.

        Raises
        ------
        DataError
            When their targets can't be this task's.
        """
        samples = self.load()
        target = get_task(self.task).data.adopted(get_task(self.of), samples.target)
        if target is None:
            raise DataError(f"its targets can't be those of the task {self.task!r}.")
        schema = {**target.schema, **self.schema}
        return samples._replace(y=target.y, truth=target.truth, schema=schema)


def asked_as(dataset: Dataset, task: Task, **schema: Any) -> Dataset:
    """Return a dataset whose targets are taken for those of a task.

    Parameters
    ----------
    dataset : Dataset
        Of this task or another; it is not loaded.
    task : Task
        What is asked.
    **schema : object
        What is said about the target besides the samples; None says nothing.

    Returns
    -------
    Dataset
        The dataset itself where nothing changes; else of another version.

    Examples
    --------
    >>> from mmbench.datasets import get_dataset
    >>> asked_as(get_dataset("glyphs"), get_task("classification")).version
    '1'
    """
    said = {name: value for name, value in schema.items() if value is not None}
    if dataset.task is task and not said:
        return dataset
    words = [f"{name} {value}" for name, value in said.items()]
    version = ", ".join([f"{dataset.version} as {task.name}", *words])
    load = AskedAs(dataset.load, dataset.task.name, task.name, said)
    return replace(dataset, task=task, load=load, version=version)
