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
    Scaling smooths what is made smaller (antialiasing), in Pillow's integer
    arithmetic. With ``"crop"`` only what stays is computed; a value may differ by one
    of 255 from scaling all of the picture and cutting then. Of a picture more than 16
    times as long as wide the ends are left out.

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
            box = self._seen(image) if self.framing == "crop" else None
            image = image.resize((width, height), method, box)
        return np.asarray(image).reshape(height, width, -1)

    @property
    def least_side(self) -> int:
        """Length that a picture's shorter side needs not to be scaled up, in pixels."""
        return self.resize if self.framing == "crop" else max(self.crop)

    def _seen(self, image: Image) -> tuple[float, float, float, float]:
        """Return the part of a picture that lies in the centre after scaling."""
        width, height = image.size
        short, long = sorted(image.size)
        scaled = self.resize, int(self.resize * long / short)
        if width > height:
            scaled = scaled[::-1]
        high, wide = self.crop
        left, top = round((scaled[0] - wide) / 2), round((scaled[1] - high) / 2)
        x, y = width / scaled[0], height / scaled[1]
        return left * x, top * y, (left + wide) * x, (top + high) * y


def frame_of(transforms: Any, framing: Framing) -> Frame:
    """Return the frame that a transform of torchvision's weights describes."""
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
