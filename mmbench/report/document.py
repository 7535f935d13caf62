"""What a report is made of: parts of blocks, which HTML and Markdown both render."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from mmbench.checks import Finding
from mmbench.presentation.drawing import Drawing
from mmbench.presentation.sentences import Sentence
from mmbench.report.method_names import MethodNames
from mmbench.report.text.facts import Facts

__all__ = [
    "Block",
    "Bullets",
    "Cell",
    "Code",
    "Document",
    "FactList",
    "Figures",
    "Fold",
    "Heading",
    "Notices",
    "Paragraph",
    "Part",
    "SideBySide",
    "Table",
]


@dataclass(frozen=True)
class Block:
    """A piece of a part; its class says which macro of a template renders it.

    Attributes
    ----------
    kind : str
        The macro's name.
    """

    kind: ClassVar[str]

    @property
    def inside(self) -> Sequence[Block]:
        """The blocks that it holds."""
        return ()


@dataclass(frozen=True)
class Paragraph(Block):
    """Sentences that run on.

    Parameters
    ----------
    sentences : sequence of Sentence
        At least one.
    is_lead : bool, default=False
        Whether it answers the main question.
    """

    kind = "paragraph"
    sentences: Sequence[Sentence]
    is_lead: bool = False


@dataclass(frozen=True)
class Bullets(Block):
    """Statements, each for itself.

    Parameters
    ----------
    sentences : sequence of Sentence
        A bullet each.
    """

    kind = "bullets"
    sentences: Sequence[Sentence]


@dataclass(frozen=True)
class Notices(Block):
    """Warnings.

    Parameters
    ----------
    findings : sequence of (str, Finding)
        The dataset that each is about, empty for all, and the warning.
    has_codes : bool
        Whether they are shown with the codes of their checks.
    """

    kind = "notices"
    findings: Sequence[tuple[str, Finding]]
    has_codes: bool


class Heading(NamedTuple):
    """The heading of a column.

    Attributes
    ----------
    label, about : str
        What is shown, and what it means.
    field : str
        What a table can be ranked by; empty for other columns.
    greater_is_better : bool
        The direction in which a reader wants the column sorted first.
    is_number : bool
        Whether cells are numbers.
    is_aside : bool
        Whether a phone has no room for it.
    """

    label: str
    about: str = ""
    field: str = ""
    greater_is_better: bool = True
    is_number: bool = True
    is_aside: bool = False


class Cell(NamedTuple):
    """A cell of a table.

    Attributes
    ----------
    text : str
        What is shown; a `Name` heads its row.
    value : float or str
        What it is sorted by; NaN or empty where there is nothing.
    is_best, is_tied : bool
        Whether it is the best of its column, or not significantly worse.
    about : str
        What pops up over it.
    fusion : str or None
        The kind of fusion whose colour goes with it.
    phone : str
        What stands under it where a phone leaves out other columns.
    images : tuple of str
        Pictures before the text, as ``data:`` addresses; only in HTML.
    is_framed : bool
        Whether a frame marks it; only in HTML.
    """

    text: str
    value: float | str = ""
    is_best: bool = False
    is_tied: bool = False
    about: str = ""
    fusion: str | None = None
    phone: str = ""
    images: tuple[str, ...] = ()
    is_framed: bool = False


@dataclass(frozen=True, kw_only=True)
class Table(Block):
    """A table that readers can sort and filter.

    Parameters
    ----------
    name : str
        What the table is of; unique in the report.
    caption : str
        What it shows, up to `ranked_by`.
    legend : str, default=""
        How to read it.
    headings : sequence of Heading
        The columns.
    rows : sequence of sequence of Cell
        A cell for each column.
    ranked_by : Heading or None, default=None
        The column that ranks, where the first column is the rank.
    """

    kind = "table"
    name: str
    caption: str
    legend: str = ""
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    ranked_by: Heading | None = None


@dataclass(frozen=True)
class Figures(Block):
    """Figures, side by side where there is room.

    Parameters
    ----------
    slug, name : str
        What they are about, in file names and in words.
    drawings : sequence of Drawing
        The figures.
    """

    kind = "figures"
    slug: str
    name: str
    drawings: Sequence[Drawing]


@dataclass(frozen=True)
class FactList(Block):
    """Names and values.

    Parameters
    ----------
    facts : list of (str, str)
        The facts.
    """

    kind = "facts"
    facts: Facts


@dataclass(frozen=True)
class Code(Block):
    """Text as a program wrote it.

    Parameters
    ----------
    text : str
        Several lines.
    """

    kind = "code"
    text: str


@dataclass(frozen=True)
class Fold(Block):
    """Blocks that are shown on request.

    Parameters
    ----------
    title : str
        What is inside.
    blocks : sequence of Block
        What is inside.
    """

    kind = "fold"
    title: str
    blocks: Sequence[Block]

    @property
    def inside(self) -> Sequence[Block]:
        """The blocks that it holds."""
        return self.blocks


@dataclass(frozen=True)
class SideBySide(Block):
    """Columns of blocks; one after another where there is no room.

    Parameters
    ----------
    columns : sequence of sequence of Block
        The columns, from the left.
    """

    kind = "side_by_side"
    columns: Sequence[Sequence[Block]]

    @property
    def inside(self) -> Sequence[Block]:
        """The blocks that it holds."""
        return [block for column in self.columns for block in column]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a report, under a heading.

    Parameters
    ----------
    title : str
        The heading.
    slug : str
        What links call it; unique in the report.
    about : str, default=""
        What stands beside the heading.
    blocks : sequence of Block, default=()
        Its content.
    parts : sequence of Part, default=()
        Its parts, after its own content.
    """

    title: str
    slug: str
    about: str = ""
    blocks: Sequence[Block] = ()
    parts: Sequence[Part] = field(default=())

    def __iter__(self) -> Iterator[Block]:
        """Yield all blocks, also those inside others."""
        waiting = [*self.blocks]
        while waiting:
            block = waiting.pop(0)
            yield block
            waiting = [*block.inside, *waiting]
        for part in self.parts:
            yield from part


@dataclass(frozen=True, kw_only=True)
class Document:
    """A report.

    Parameters
    ----------
    title, about : str
        The suite, and in words what it holds.
    parts : sequence of Part
        The report's parts, the main results first.
    names : MethodNames
        Display names of the methods.
    """

    title: str
    about: str
    parts: Sequence[Part]
    names: MethodNames

    @property
    def has_images(self) -> bool:
        """Whether some cell holds a picture."""
        tables = (b for part in self.parts for b in part if isinstance(b, Table))
        return any(cell.images for b in tables for row in b.rows for cell in row)

    @property
    def figures(self) -> dict[str, Drawing]:
        """The figures by the names of their files, without a suffix."""
        return {
            f"{block.slug}-{drawing.name}": drawing
            for part in self.parts
            for block in part
            if isinstance(block, Figures)
            for drawing in block.drawings
        }
