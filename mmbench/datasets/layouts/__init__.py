"""How the files of a published dataset are laid out, and how they become a table.

A card names its layout under ``[reader]``. Each layout is a strictly checked model with
``read(root)``, which returns a :class:`~mmbench.datasets.tables.Table` of the card's
columns and of ``label``, and where they exist ``split`` and ``group``. What cells mean
is checked behind that, the same way as in anybody's own table.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mmbench.datasets.layouts.arrays import ArraysLayout
from mmbench.datasets.layouts.bitmaps import CifarLayout, IdxLayout
from mmbench.datasets.layouts.caption_matches import CaptionMatchesLayout
from mmbench.datasets.layouts.caption_vectors import CaptionVectorsLayout
from mmbench.datasets.layouts.captions import (
    CaptionsLayout,
    KarpathyLayout,
    SentencesLayout,
)
from mmbench.datasets.layouts.daquar import DaquarLayout
from mmbench.datasets.layouts.file_names import FileNamesLayout
from mmbench.datasets.layouts.gqa import GqaLayout
from mmbench.datasets.layouts.movies import MoviesLayout
from mmbench.datasets.layouts.mteb import MtebLayout
from mmbench.datasets.layouts.mvsa import MvsaLayout
from mmbench.datasets.layouts.nlvr2 import Nlvr2Layout
from mmbench.datasets.layouts.recipes import RecipesLayout
from mmbench.datasets.layouts.records import RecordsLayout
from mmbench.datasets.layouts.vqa import VqaLayout

__all__ = ["Layout"]

Layout = Annotated[
    ArraysLayout
    | CaptionMatchesLayout
    | CaptionVectorsLayout
    | CaptionsLayout
    | CifarLayout
    | DaquarLayout
    | FileNamesLayout
    | GqaLayout
    | IdxLayout
    | KarpathyLayout
    | MoviesLayout
    | MtebLayout
    | MvsaLayout
    | Nlvr2Layout
    | RecipesLayout
    | RecordsLayout
    | SentencesLayout
    | VqaLayout,
    Field(discriminator="kind"),
]
"""Any of the layouts; ``kind`` says which."""
