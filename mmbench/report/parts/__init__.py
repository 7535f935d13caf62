"""The parts of a report.

A part over all datasets is a function from the report's content to a `Part`, or None
where there is nothing to show; it is entered in `PARTS`. What is shown of every dataset
is a function from its section and the content to blocks, entered in
`mmbench.report.parts.of_dataset.BLOCKS`.
"""

from mmbench.report.content import Content
from mmbench.report.document import Document
from mmbench.report.parts.costs import costs_part
from mmbench.report.parts.main_results import main_results
from mmbench.report.parts.of_dataset import dataset_parts
from mmbench.report.parts.over_datasets import over_datasets
from mmbench.report.parts.reading import environment_part, reading_part
from mmbench.report.parts.warned_of import warnings_part

__all__ = ["PARTS", "report_document"]

PARTS = (
    main_results,
    warnings_part,
    over_datasets,
    dataset_parts,
    costs_part,
    reading_part,
    environment_part,
)
"""The parts, in their order."""


def report_document(content: Content) -> Document:
    """Lay out a report.

    Parameters
    ----------
    content : Content
        What the report says.

    Returns
    -------
    Document
    """
    return Document(
        title=content.suite,
        about=content.scope,
        parts=[part for make in PARTS for part in make(content)],
        names=content.names,
    )
