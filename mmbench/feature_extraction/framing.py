"""How a picture becomes the pixels that a network takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["FRAMINGS", "Frame", "Framing"]

Framing: TypeAlias = Literal["crop", "pad", "stretch"]
FRAMINGS: tuple[Framing, ...] = get_args(Framing)

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_MAX_ASPECT = 16


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Scale and cut pictures to one size, as torchvision's transforms do.

    Parameters
    ----------
    crop : (int, int)
        Height and width of what comes out, in pixels.
    resize : int
        Length that the shorter side is scaled to before the centre is cut out; at
        least the longer side of `crop`. Used by ``framing="crop"`` only.
    framing : {"crop", "pad", "stretch"}, default="crop"
        The centre of the picture; all of it, on white; or all of it with its sides
        made equal.
    interpolation : str, default="BILINEAR"
        One of :class:`PIL.Image.Resampling`.

    Notes
    -----
    Scaling smooths what is made smaller (antialiasing). With ``"crop"`` the pixels are
    torchvision's, to the last level, but that of a picture more than 16 times as long
    as wide the ends are left out first.

    Examples
    --------
    >>> from PIL import Image
    >>> frame = Frame(crop=(2, 2), resize=2)
    >>> frame(Image.new("RGB", (9, 6), "red")).shape
    (2, 2, 3)
    """

    crop: tuple[int, int]
    resize: int
    framing: Framing = "crop"
    interpolation: str = "BILINEAR"

    def __call__(self, image: Image) -> NDArray[np.uint8]:
        """Return the pixels of a picture.

        Returns
        -------
        ndarray of shape (height, width, n_channels), dtype uint8
        """
        from PIL.Image import Resampling
        from PIL.ImageOps import pad

        (height, width), method = self.crop, Resampling[self.interpolation]
        image = _without_far_ends(image)
        if self.framing == "pad":
            image = pad(image, (width, height), method, color="white")
        else:
            scaled = self._scaled(image) if self.framing == "crop" else (width, height)
            image = image.resize(scaled, method)
            left, top = (
                round((side - kept) / 2)
                for side, kept in zip(scaled, (width, height), strict=True)
            )
            image = image.crop((left, top, left + width, top + height))
        return np.asarray(image).reshape(height, width, -1)

    @property
    def least_side(self) -> int:
        """Length that a picture's shorter side needs not to be scaled up, in pixels."""
        return self.resize if self.framing == "crop" else max(self.crop)

    def _scaled(self, image: Image) -> tuple[int, int]:
        """Return the width and height at which the shorter side is `resize` long."""
        width, height = image.size
        long = int(self.resize * max(image.size) / min(image.size))
        return (self.resize, long) if width <= height else (long, self.resize)


def frame_of(transforms: Any, framing: Framing) -> Frame:
    """Return the frame that a transform of torchvision's weights describes.

    Parameters
    ----------
    transforms : torchvision.transforms._presets.ImageClassification
        The preprocessing that torchvision publishes with a network's weights.
    framing : Framing
        How the rest of a picture that is not square is treated.

    Returns
    -------
    Frame
        Crop and resize in pixels.
    """
    side = transforms.crop_size[0]
    return Frame(
        crop=(side, side),
        resize=transforms.resize_size[0],
        framing=framing,
        interpolation=transforms.interpolation.name,
    )


def _without_far_ends(image: Image) -> Image:
    """Cut the ends of a sliver, which would be huge when its width is scaled up."""
    short, (width, height) = min(image.size), image.size
    if max(width, height) <= short * _MAX_ASPECT:
        return image
    wide, high = min(width, short * _MAX_ASPECT), min(height, short * _MAX_ASPECT)
    left, top = (width - wide) // 2, (height - high) // 2
    return image.crop((left, top, left + wide, top + high))
