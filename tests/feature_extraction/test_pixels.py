"""Pixels and colour histograms, against numpy and values worked out by hand."""

import numpy as np
import pytest

from mmbench.feature_extraction import ColorHistogramExtractor, PixelsExtractor

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)


def test_an_image_of_the_right_size_keeps_its_pixels():
    grey = RNG.integers(0, 256, (5, 4), dtype=np.uint8)
    features = PixelsExtractor(size=(5, 4)).transform([grey])
    np.testing.assert_allclose(features, [grey.ravel() / 255], rtol=1e-6)


def test_colour_keeps_three_values_a_pixel():
    features = PixelsExtractor(size=(20, 30), mode="RGB").transform([COLOUR])
    np.testing.assert_allclose(features, [COLOUR.ravel() / 255], rtol=1e-6)


def test_scaling_keeps_the_place_of_light_and_dark():
    grey = np.kron([[0, 255], [255, 0]], np.ones((8, 8))).astype(np.uint8)
    features = PixelsExtractor(size=2).transform([grey])
    np.testing.assert_array_equal(features > 0.5, [[0, 1, 1, 0]])


def test_a_stack_of_images_is_a_column_of_them():
    stack = RNG.integers(0, 256, (3, 4, 4), dtype=np.uint8)
    features = PixelsExtractor(size=4).transform(stack)
    np.testing.assert_allclose(features, stack.reshape(3, 16) / 255, rtol=1e-6)


@pytest.mark.parametrize("bins", [1, 2, 3, 8])
def test_the_rgb_histogram_is_numpys(bins):
    features = ColorHistogramExtractor(bins=bins, space="RGB").transform([COLOUR])
    edges = [np.linspace(0, 256, bins + 1)] * 3
    counts, _ = np.histogramdd(COLOUR.reshape(-1, 3), bins=edges)
    np.testing.assert_allclose(features, [counts.ravel() / counts.sum()], rtol=1e-6)


def test_the_hsv_histogram_puts_pure_colours_where_they_belong():
    # Hues are 0 (red), 1/3 (green) and 2/3 (blue) of the circle, so of four bins they
    # are in the first, second and third. All are of full saturation and value; the
    # grey has no saturation, and is dark.
    image = np.array(
        [[[255, 0, 0], [0, 250, 0], [0, 0, 250], [40, 40, 40]]], dtype=np.uint8
    )
    features = ColorHistogramExtractor(bins=4, space="HSV").transform([image])
    cells = np.zeros((4, 4, 4))
    cells[0, 3, 3] = cells[1, 3, 3] = cells[2, 3, 3] = cells[0, 0, 0] = 0.25
    np.testing.assert_allclose(features, [cells.ravel()], rtol=1e-6)


def test_the_histogram_does_not_depend_on_where_the_pixels_are():
    moved = RNG.permutation(COLOUR.reshape(-1, 3)).reshape(60, 10, 3)
    first, second = ColorHistogramExtractor().transform([COLOUR, moved])
    np.testing.assert_array_equal(first, second)


def test_names_are_one_a_feature():
    assert PixelsExtractor(size=(1, 2)).get_feature_names_out().tolist() == [
        "pixelsextractor0",
        "pixelsextractor1",
    ]


@pytest.mark.parametrize(
    ("extractor", "error", "message"),
    [
        (PixelsExtractor(size=0), ValueError, "size must be an integer of at least 1"),
        (PixelsExtractor(size=2.5), TypeError, "size must be an integer, got 2.5"),
        (PixelsExtractor(size=(2, 3, 4)), ValueError, "a pair"),
        (PixelsExtractor(mode="CMYK"), ValueError, r"\['L', 'RGB'\], got 'CMYK'"),
        (ColorHistogramExtractor(bins=0), ValueError, "at least 1, got 0"),
        (ColorHistogramExtractor(bins=257), ValueError, "at most 256, got 257"),
        (ColorHistogramExtractor(space="LAB"), ValueError, "got 'LAB'"),
    ],
)
def test_a_wrong_parameter_is_told_by_fit_and_by_transform(extractor, error, message):
    with pytest.raises(error, match=message):
        extractor.fit([COLOUR])
    with pytest.raises(error, match=message):
        extractor.transform([COLOUR])
