"""Anyone's network gives its own features, whatever is done to make it fast."""

import numpy as np
import pytest
from sklearn.base import clone

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from mmbench.feature_extraction import (  # noqa: E402
    TimmExtractor,
    TorchModuleExtractor,
    check_extractor,
    precision,
)
from mmbench.feature_extraction.precision import cosines  # noqa: E402
from mmbench.spec import digest_of  # noqa: E402

RNG = np.random.default_rng(0)
CELLS = [RNG.integers(0, 256, (20, 24, 3), dtype=np.uint8) for _ in range(5)]
ON_CPU = {"size": 16, "device": "cpu", "precision": "float32"}


class Residual(torch.nn.Module):
    """Convolutions with all that is folded or fused, and what must not be."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 8, 3, bias=False, padding=1)
        self.norm = torch.nn.BatchNorm2d(8)
        self.second = torch.nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.again = torch.nn.Conv2d(8, 8, 1)
        self.head = torch.nn.Linear(8, 4)
        self.norm.running_mean.uniform_(-1, 1)
        self.norm.running_var.uniform_(0.5, 2)

    def forward(self, batch):
        first = torch.relu(self.norm(self.first(batch)))
        hidden = first + torch.nn.functional.relu(self.second(first))
        hidden = self.again(self.again(hidden))  # used twice
        return self.head(hidden.mean((2, 3)))


class Branching(torch.nn.Module):
    """Its flow depends on its input, so it can't be traced."""

    def forward(self, batch):
        return batch.mean((2, 3)) if batch.mean() > 99 else batch.amax((2, 3))


def plainly(network, cells, size=16):
    """Return what a network computes of cells, by the book."""
    from torchvision.transforms import v2

    prepare = v2.Compose(
        [
            v2.ToPILImage(),
            v2.Resize(size),
            v2.CenterCrop(size),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    with torch.inference_mode():
        return network.eval()(torch.stack([prepare(cell) for cell in cells])).numpy()


@pytest.mark.parametrize("make", [Residual, Branching])
def test_features_are_what_the_network_computes(make):
    torch.manual_seed(0)
    network = make()
    features = TorchModuleExtractor(network, **ON_CPU).transform(CELLS)
    np.testing.assert_allclose(features, plainly(network, CELLS), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("needs_bfloat16")
def test_rounding_keeps_the_direction():
    torch.manual_seed(0)
    network = Residual()
    exact, rounded = (
        TorchModuleExtractor(network, **{**ON_CPU, "precision": each}).transform(CELLS)
        for each in ("float32", "bfloat16")
    )
    assert cosines(exact, rounded).min() >= 0.999


def test_a_trace_that_lies_is_not_believed(monkeypatch):
    torch.manual_seed(0)
    network = Residual()
    plain = precision.rewritten

    def wrong(graph, shapes, **options):
        made = plain(graph, shapes, **options)
        return torch.nn.Sequential(made, torch.nn.Linear(4, 4))

    monkeypatch.setattr(precision, "rewritten", wrong)
    features = TorchModuleExtractor(network, **ON_CPU).transform(CELLS)
    np.testing.assert_allclose(features, plainly(network, CELLS), rtol=1e-4, atol=1e-5)


def test_an_inner_layer_is_pooled_as_said():
    torch.manual_seed(0)
    network = Residual()
    maps = {
        pool: TorchModuleExtractor(
            network, layer="norm", pool=pool, **ON_CPU
        ).transform(CELLS)
        for pool in ("flatten", "mean", "max")
    }
    places = maps["flatten"].reshape(len(CELLS), 8, -1)
    np.testing.assert_allclose(maps["mean"], places.mean(2), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(maps["max"], places.max(2))


def test_the_first_place_of_a_sequence_is_its_class():
    class Sequence(torch.nn.Module):
        def forward(self, batch):
            return batch.flatten(2).transpose(1, 2)

    every, first = (
        TorchModuleExtractor(Sequence(), pool=pool, **ON_CPU).transform(CELLS)
        for pool in ("flatten", "cls")
    )
    np.testing.assert_array_equal(first, every[:, :3])


def test_a_map_has_no_class():
    with pytest.raises(ValueError, match=r"pool must be one of .* got 'cls'"):
        TorchModuleExtractor(torch.nn.Identity(), pool="cls", **ON_CPU).transform(CELLS)


def test_training_on_changes_the_features_and_the_identity():
    torch.manual_seed(0)
    network = Residual()
    extractor = TorchModuleExtractor(network, **ON_CPU)
    before, name = extractor.transform(CELLS), digest_of(extractor)
    assert digest_of(clone(extractor)) == name
    with torch.no_grad():
        network.head.bias.add_(1)
    np.testing.assert_allclose(extractor.transform(CELLS), before + 1, rtol=1e-5)
    assert digest_of(extractor) != name


def test_the_network_itself_stays_as_it_is():
    network = Residual().train()
    TorchModuleExtractor(network, **ON_CPU).transform(CELLS)
    assert network.training
    assert isinstance(network.norm, torch.nn.BatchNorm2d)


def test_it_is_an_extractor():
    torch.manual_seed(0)
    check_extractor(TorchModuleExtractor(Residual(), **ON_CPU), CELLS)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"module": "resnet"}, TypeError, "module must be a torch.nn.Module"),
        ({"mode": "L"}, ValueError, "mean must have a number for each of the 1"),
        ({"std": (0, 1, 1)}, ValueError, "std must be above 0"),
        ({"layer": "norn"}, ValueError, "did you mean 'norm'"),
        ({"layer": 3}, TypeError, "layer must be the name"),
        ({"pool": "sum"}, ValueError, "pool must be one of"),
        ({"device": "gpu"}, ValueError, "device must be 'auto' or one that torch"),
        ({"device": 0}, TypeError, "device must be 'auto' or a device"),
        ({"batch_size": "big"}, TypeError, "batch_size must be"),
    ],
)
def test_a_wrong_parameter_is_told(options, error, message):
    extractor = TorchModuleExtractor(**{"module": Residual(), **ON_CPU, **options})
    with pytest.raises(error, match=message):
        extractor.transform(CELLS)


@pytest.fixture
def timm():
    return pytest.importorskip("timm")


@pytest.mark.parametrize("name", ["resnet10t", "mobilenetv3_small_050"])
def test_timms_networks_give_their_own_features(name, timm):
    torch.manual_seed(0)
    network = timm.create_model(name, pretrained=False, num_classes=0).eval()
    config = timm.data.resolve_model_data_config(network)
    prepare = timm.data.create_transform(**config, is_training=False)
    from PIL import Image

    with torch.inference_mode():
        batch = torch.stack([prepare(Image.fromarray(cell)) for cell in CELLS])
        expected = network(batch).numpy()
    found = TimmExtractor(name, None, precision="float32").transform(CELLS)
    assert found.shape == expected.shape
    assert cosines(found, expected).min() > 0.9999


def test_timms_weights_that_are_not_here_name_the_command(timm, monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    from mmbench.errors import MissingWeightsError

    with pytest.raises(MissingWeightsError, match="hf download timm/resnet10t"):
        TimmExtractor("resnet10t").transform(CELLS)
