"""HOG and LBP, against computations from their definitions."""

import numpy as np
import pytest

from mmbench.feature_extraction import HOGExtractor, LBPExtractor

GREY = np.random.default_rng(0).integers(0, 256, (32, 40), dtype=np.uint8)


def hog_by_definition(image, orientations, cell, block):
    """Dalal and Triggs: gradients, votes into cells, L2-Hys over blocks."""
    image = image.astype(float)
    down, across = np.zeros_like(image), np.zeros_like(image)
    down[1:-1] = image[2:] - image[:-2]
    across[:, 1:-1] = image[:, 2:] - image[:, :-2]
    strength = np.hypot(down, across)
    angle = np.rad2deg(np.arctan2(down, across)) % 180
    n_down, n_across = image.shape[0] // cell, image.shape[1] // cell
    cells = np.zeros((n_down, n_across, orientations))
    for r in range(n_down):
        for c in range(n_across):
            part = np.s_[r * cell : (r + 1) * cell, c * cell : (c + 1) * cell]
            votes = (angle[part] * orientations / 180).astype(int) % orientations
            np.add.at(cells[r, c], votes.ravel(), strength[part].ravel() / cell**2)
    features = []
    for r in range(n_down - block + 1):
        for c in range(n_across - block + 1):
            part = cells[r : r + block, c : c + block].ravel()
            part = np.minimum(part / np.sqrt((part**2).sum() + 1e-10), 0.2)
            features.append(part / np.sqrt((part**2).sum() + 1e-10))
    return np.concatenate(features)


@pytest.mark.parametrize(
    ("orientations", "cell", "block"), [(9, 8, 2), (6, 8, 1), (8, 5, 3)]
)
def test_hog_is_what_its_definition_says(orientations, cell, block):
    extractor = HOGExtractor(
        size=(32, 40),
        orientations=orientations,
        pixels_per_cell=cell,
        cells_per_block=block,
    )
    expected = hog_by_definition(GREY, orientations, cell, block)
    assert len(extractor.get_feature_names_out()) == expected.size
    np.testing.assert_allclose(extractor.transform([GREY]), [expected], atol=1e-6)


def test_hog_does_not_see_how_bright_an_image_is():
    dark = GREY // 2 // 2 * 2
    first, second = HOGExtractor().transform([dark, dark + np.uint8(100)])
    np.testing.assert_array_equal(first, second)


def lbp_of_four_by_definition(image):
    """Bits of the four direct neighbours, those beyond the border dark."""
    padded = np.pad(image.astype(int), 1)
    right, up = padded[1:-1, 2:], padded[:-2, 1:-1]
    left, down = padded[1:-1, :-2], padded[2:, 1:-1]
    bits = np.stack([right, up, left, down]) >= image
    changes = (bits != np.roll(bits, 1, axis=0)).sum(axis=0)
    return np.where(changes <= 2, bits.sum(axis=0), 5)


@pytest.mark.parametrize("grid", [1, (2, 4)])
def test_lbp_is_what_its_definition_says(grid):
    extractor = LBPExtractor(size=(32, 40), n_points=4, grid=grid, method="uniform")
    patterns = lbp_of_four_by_definition(GREY)
    down, across = (1, 1) if grid == 1 else grid
    parts = patterns.reshape(down, 32 // down, across, 40 // across).swapaxes(1, 2)
    expected = [
        np.bincount(part.ravel(), minlength=6) / part.size
        for part in parts.reshape(down * across, -1)
    ]
    np.testing.assert_allclose(
        extractor.transform([GREY]), [np.ravel(expected)], atol=1e-6
    )


def test_only_rotation_dependent_lbp_tells_an_image_from_its_turn():
    ramp = np.tile(np.arange(0, 256, 8, dtype=np.uint8), (32, 1))
    # The border, where neighbours are missing, is the same in both but turned.
    for method, same in (("uniform", True), ("nri_uniform", False)):
        extractor = LBPExtractor(size=32, grid=1, method=method)
        first, second = extractor.transform([ramp, np.rot90(ramp)])
        assert np.allclose(first, second, atol=1e-6) == same


def test_every_part_of_the_grid_sums_to_one():
    extractor = LBPExtractor(size=33, grid=4)
    shares = extractor.transform([GREY]).reshape(16, 59)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("extractor", "error", "message"),
    [
        (HOGExtractor(size=8), ValueError, "size must hold at least one block"),
        (HOGExtractor(orientations=0), ValueError, "orientations must be an integer"),
        (HOGExtractor(pixels_per_cell=0), ValueError, "pixels_per_cell must be"),
        (LBPExtractor(radius=0), ValueError, "radius must be a finite number above 0"),
        (LBPExtractor(n_points=True), TypeError, "n_points must be an integer"),
        (LBPExtractor(size=4, grid=5), ValueError, "grid must have at most one cell"),
        (LBPExtractor(method="var"), ValueError, r"\['nri_uniform', 'uniform'\]"),
    ],
)
def test_a_wrong_parameter_is_told_by_fit_and_by_transform(extractor, error, message):
    with pytest.raises(error, match=message):
        extractor.fit([GREY])
    with pytest.raises(error, match=message):
        extractor.transform([GREY])
