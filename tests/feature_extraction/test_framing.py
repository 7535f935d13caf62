"""Pictures are scaled and cut as torchvision's own transforms do it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mmbench.feature_extraction.framing import Frame, frame_of

models = pytest.importorskip("torchvision.models")

RNG = np.random.default_rng(0)


def picture(width, height):
    coarse = RNG.integers(0, 256, (9, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height))


def by_torchvision(transforms, image):
    """Return what the transforms give, as levels from 0 to 255."""
    import torch

    mean, std = (
        torch.tensor(each)[:, None, None] for each in (transforms.mean, transforms.std)
    )
    unit = transforms(image) * std + mean
    return (unit * 255).permute(1, 2, 0).numpy()


@pytest.mark.parametrize(
    "arch", ["resnet50", "inception_v3", "vit_b_16", "efficientnet_b0", "swin_v2_t"]
)
@pytest.mark.parametrize("size", [(640, 480), (333, 517), (256, 256), (50, 80)])
def test_every_pixel_is_torchvisions(arch, size):
    transforms = models.get_model_weights(arch).DEFAULT.transforms()
    image = picture(*size)
    framed = frame_of(transforms, "crop")(image)
    expected = by_torchvision(transforms, image)
    assert framed.shape == expected.shape
    assert np.abs(framed - expected).max() < 0.01


@settings(max_examples=25)
@given(width=st.integers(1, 700), height=st.integers(1, 700))
def test_any_shape_of_picture_is_cut_where_torchvision_cuts_it(width, height):
    transforms = models.get_model_weights("resnet18").DEFAULT.transforms()
    if max(width, height) > 16 * min(width, height):
        return  # the ends of slivers are left out
    image = picture(width, height)
    framed = frame_of(transforms, "crop")(image).astype(float)
    assert np.abs(framed - by_torchvision(transforms, image)).max() < 0.01


def test_stretching_and_padding_show_all_of_the_picture():
    long = Image.new("RGB", (30, 10), "red")
    stretched = Frame(crop=(10, 10), resize=10, framing="stretch")(long)
    assert (stretched == [255, 0, 0]).all()
    padded = Frame(crop=(30, 30), resize=30, framing="pad")(long)
    assert (padded[10:20] == [255, 0, 0]).all()
    assert (padded[:10] == 255).all()


def test_a_grey_picture_has_one_channel():
    frame = Frame(crop=(4, 6), resize=6)
    assert frame(Image.new("L", (12, 12), 7)).tolist() == [[[7]] * 6] * 4
