"""Recipes and pictures of the dishes, as Recipe1M has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from mmbench.datasets.layouts.base import (
    LABEL,
    SPLIT,
    BaseLayout,
    filled,
    read_bytes,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["RecipesLayout"]

_PARTS = {"train": "train", "val": "validation", "test": "test"}


class RecipesLayout(BaseLayout):
    """Every recipe that has a picture, beside its first one; its id is the key.

    Attributes
    ----------
    kind : {"recipes"}
        Selects this layout in a card.
    recipes : str
        A list of objects with ``id``, ``title``, ``partition``, and lists
        ``ingredients`` and ``instructions`` of objects with ``text``.
    images : str
        A list of objects with ``id`` of a recipe, and ``images``, a list of objects
        with the file name as ``id``.
    image : str
        A template over ``partition``, ``name``, and its first four characters ``a``,
        ``b``, ``c`` and ``d``.
    splits : dict of str to str
        What part the values of ``partition`` stand for.
    """

    kind: Literal["recipes"]
    recipes: str
    images: str
    image: str = "{partition}/{a}/{b}/{c}/{d}/{name}"
    splits: dict[str, str] = Field(default=_PARTS)

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read all recipes with a picture; see :class:`BaseLayout`."""
        try:
            first = {
                each["id"]: each["images"][0]["id"]
                for each in json.loads(read_bytes(root / self.images))
                if each["images"]
            }
            recipes = json.loads(read_bytes(root / self.recipes))
            return table_of([*self._rows(recipes, first)])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{self.recipes} and {self.images} are not as Recipe1M's are: "
                f"{error!r}."
            ) from error

    def _rows(
        self, recipes: list[dict[str, Any]], first: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        for recipe in recipes:
            name = first.get(recipe["id"])
            if name is None:
                continue
            part = recipe["partition"]
            fields = {
                "partition": part,
                "name": name,
                **dict(zip("abcd", name, strict=False)),
            }
            texts = {
                each: "\n".join(line["text"] for line in recipe[each])
                for each in ("ingredients", "instructions")
            }
            yield {
                "title": recipe["title"],
                **texts,
                "image": filled(self.image, fields),
                LABEL: recipe["id"],
                SPLIT: self.splits[part],
            }
