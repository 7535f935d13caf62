"""What to know before believing a report."""

from __future__ import annotations

from collections.abc import Iterator

from mmbench.report.content import Content
from mmbench.report.document import Block, Notices, Paragraph, Part

__all__ = ["warnings_part"]


def warnings_part(content: Content) -> Iterator[Part]:
    """Show all warnings that are not ignored.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Unless there is nothing to warn about, or ignored.
    """
    found = [("", content.caveats)]
    found += [(s.name, [*s.judgement.caveats]) for s in content.sections]
    shown = [(name, each) for name, every in found for each in content.kept(every)]
    blocks: list[Block] = [Notices(shown, content.has_codes)] if shown else []
    if content.ignored_words:
        blocks.append(Paragraph([(content.ignored_words,)]))
    if blocks:
        yield Part(title="Warnings", slug="warnings", blocks=blocks)
