"""Features of a column: each picture once, in any number of threads, within memory."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from mmbench.errors import DataError  # noqa: E402
from mmbench.feature_extraction import CNNExtractor, TorchModuleExtractor  # noqa: E402
from mmbench.feature_extraction.embedding import features_of  # noqa: E402
from mmbench.feature_extraction.framing import Frame  # noqa: E402
from mmbench.feature_extraction.images import read_image  # noqa: E402
from mmbench.feature_extraction.network import Network  # noqa: E402
from mmbench.feature_extraction.threads import in_order, workers  # noqa: E402

RNG = np.random.default_rng(0)


def jpeg(width, height, **options):
    coarse = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


class Means(torch.nn.Module):
    """Gives the mean of each channel, and counts what it was given."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def forward(self, batch):
        self.batches.append(len(batch))
        return batch.mean((2, 3))


def means(batch_size=4):
    frame = Frame(crop=(8, 8), resize=8)
    return Network(
        module=Means(), frame=frame, mode="RGB", batch_size=batch_size, n_features=3
    )


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_every_row_is_its_pictures(n_threads, threads):
    threads(n_threads)
    colours = RNG.integers(0, 256, (50, 3), dtype=np.uint8)
    cells = [np.full((8, 8, 3), colour) for colour in colours]
    features = features_of(cells, means())
    np.testing.assert_allclose(features, colours / 255, atol=1e-6)
    assert torch.get_num_threads() == n_threads


def test_equal_files_bytes_and_pixels_are_computed_once(tmp_path):
    first, second = jpeg(20, 20), jpeg(20, 20)
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(first)
    same = [str(tmp_path / "a.jpg"), tmp_path / "b.jpg", first, read_image(first)]
    network = means(batch_size=16)
    features = features_of([*same, second, None, *same], network)
    assert network.module.batches == [16]  # one batch, filled up
    np.testing.assert_array_equal(features[[1, 2, 3, 6, 7, 8, 9]], features[[0] * 7])
    assert np.isnan(features[5]).all()
    assert not np.allclose(features[4], features[0])


def test_a_file_that_is_named_often_is_opened_once(tmp_path, monkeypatch):
    opened = []
    plain = Image.open
    monkeypatch.setattr(
        Image, "open", lambda file, **how: opened.append(file) or plain(file, **how)
    )
    (tmp_path / "a.jpg").write_bytes(jpeg(20, 20))
    features_of([str(tmp_path / "a.jpg")] * 30, means())
    assert len(opened) == 1


def test_an_image_that_cannot_be_read_is_an_error(threads):
    threads(2)
    with pytest.raises(DataError, match=r"none\.jpg': there is no such file"):
        features_of([jpeg(9, 9), None, "none.jpg"], means())


def test_a_column_of_missing_images_is_all_nan():
    features = CNNExtractor(weights="glyphs").transform([None, float("nan")])
    assert features.shape == (2, 512)
    assert np.isnan(features).all()


def test_the_number_of_threads_changes_no_bit(threads):
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, stride=2), torch.nn.ReLU(), torch.nn.Conv2d(8, 16, 3)
    )
    extractor = TorchModuleExtractor(network, size=64)
    cells = [jpeg(80, 70) for _ in range(9)]
    found = []
    for n_threads in (1, 2, 3):
        threads(n_threads)
        found.append(extractor.transform(cells))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_an_error_in_a_thread_is_raised_and_ends_them(threads):
    threads(2)
    before = threading.active_count()
    with pytest.raises(TypeError, match="an image must be a path"):
        features_of([jpeg(9, 9), 3, *[jpeg(9, 9) for _ in range(40)]], means())
    assert threading.active_count() == before
    assert torch.get_num_threads() == 2


def test_only_so_many_items_are_under_way():
    taken = []

    def items():
        for number in range(20):
            taken.append(number)
            yield number

    with workers(2) as executor:
        results = in_order(executor, lambda n: n * n, items(), ahead=3)
        assert next(results) == 0
        assert len(taken) == 3
        assert list(results) == [n * n for n in range(1, 20)]


def test_a_large_jpeg_is_decoded_small_and_its_features_stay():
    image = Image.open(io.BytesIO(jpeg(2000, 1500, quality=90)))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=90)
    small = read_image(data.getvalue(), least_side=256)
    assert small.size == (1000, 750)  # the least that is twice 256 or more
    frame = Frame(crop=(224, 224), resize=256)
    whole, scaled = (frame(each).astype(float) for each in (image, small))
    assert np.abs(whole - scaled).mean() < 1
    assert np.abs(whole - scaled).max() <= 8


def test_a_png_and_a_small_jpeg_are_decoded_whole():
    assert read_image(jpeg(500, 400), least_side=256).size == (500, 400)
    buffer = io.BytesIO()
    Image.new("RGB", (2000, 1500)).save(buffer, "PNG")
    assert read_image(buffer.getvalue(), least_side=256).size == (2000, 1500)


def test_where_memory_does_not_suffice_fewer_go_through_at_once():
    class Small(Means):
        def forward(self, batch):
            computed = super().forward(batch)
            if len(batch) > 2:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            return computed

    network = means(batch_size=8)
    object.__setattr__(network, "module", Small())
    cells = [jpeg(9, 9) for _ in range(8)]
    np.testing.assert_allclose(
        features_of(cells, network), features_of(cells, means()), atol=1e-6
    )
    assert network.module.batches == [8, 4, 2, 2, 4, 2, 2]
