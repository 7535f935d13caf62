"""CNN features are the network's own, from the right weights, or an error."""

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.datasets import load_sample_images
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

torch = pytest.importorskip("torch")
models = pytest.importorskip("torchvision.models")
safetensors = pytest.importorskip("safetensors.torch")

from mmbench.errors import (  # noqa: E402
    DataError,
    MissingDependencyError,
    MissingWeightsError,
)
from mmbench.feature_extraction import (  # noqa: E402
    CNNExtractor,
    cnn,
    precision,
    torchvision_networks,
)
from mmbench.feature_extraction.bfloat16 import cpu_runs_bfloat16  # noqa: E402
from mmbench.feature_extraction.network import Network  # noqa: E402
from mmbench.feature_extraction.torchvision_networks import (  # noqa: E402
    torchvision_network,
)
from mmbench.feature_extraction.weight_store import add_weights  # noqa: E402
from mmbench.feature_extraction.weights import read_state_dict  # noqa: E402

SMALL = "squeezenet1_1"  # few weights and quickly run
SHARED = Path(os.environ.get("MMBENCH_SHARED_DATA", "/nonexistent"))
RNG = np.random.default_rng(0)


def picture(height=70, width=90):
    """Return a picture with broad and fine structure."""
    coarse = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height))


PICTURES = [picture(), picture(300, 200), picture(20, 20)]


def small(weights=None, *, arch=SMALL, batch_size=3, **options):
    """Return an extractor that wastes no time on full batches."""
    return CNNExtractor(arch, weights, batch_size=batch_size, **options)


def built(arch, seed=0):
    """Return a network of torchvision's with weights that follow from a seed."""
    torch.manual_seed(seed)
    options = {"init_weights": False} if arch in ("googlenet", "inception_v3") else {}
    network = models.get_model(arch, weights=None, **options).eval()
    for layer in network.modules():  # else normalisation would do nothing
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.1, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return network


def before_the_last_layer(network, batch):
    """Return what reaches the layer that makes the 1,000 scores, by a hook."""
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    last = [layer for layer in network.modules() if isinstance(layer, kinds)][-1]
    seen = []
    hook = last.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        network(batch)
    hook.remove()
    features = seen[-1].relu() if isinstance(last, torch.nn.Conv2d) else seen[-1]
    return (features.mean((2, 3)) if features.ndim == 4 else features).numpy()


def prepared(arch, pictures):
    transforms = models.get_model_weights(arch).DEFAULT.transforms()
    return torch.stack([transforms(each.convert("RGB")) for each in pictures])


def cosines(first, second):
    return np.sum(first * second, axis=1) / (
        np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    )


@pytest.fixture(autouse=True)
def empty_cache():
    cnn._load.cache_clear()
    cnn._precision.cache_clear()


def check_features(arch, path):
    network = built(arch)
    if hasattr(network, "transform_input"):
        network.transform_input = True  # as torchvision does with its weights
    torch.save(network.state_dict(), path)
    expected = before_the_last_layer(network, prepared(arch, PICTURES))
    exact = small(path, arch=arch, precision="float32")
    features = exact.transform(PICTURES)
    assert len(exact.get_feature_names_out()) == expected.shape[1]
    scale = np.abs(expected).max()
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-4 * scale)
    if not cpu_runs_bfloat16():
        return
    rounded = small(path, arch=arch, precision="bfloat16").transform(PICTURES)
    assert cosines(features, rounded).min() >= 0.999


@pytest.mark.parametrize(
    "arch", ["mnasnet0_5", "mobilenet_v3_small", "shufflenet_v2_x0_5", SMALL]
)
def test_features_are_what_torchvisions_network_computes(arch, tmp_path):
    check_features(arch, tmp_path / "w.pth")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arch",
    [
        *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0"),
        *("efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t"),
        *("mobilenet_v2", "mobilenet_v3_large", "regnet_x_400mf", "regnet_y_400mf"),
        *("resnet18", "resnet50", "resnext50_32x4d", "swin_t", "swin_v2_t", "vgg11"),
        *("vgg16", "vgg16_bn", "vit_b_16", "wide_resnet50_2"),
    ],
)
def test_features_of_every_family_are_torchvisions(arch, tmp_path):
    check_features(arch, tmp_path / "w.pth")


@pytest.mark.slow
@pytest.mark.parametrize("arch", models.list_models(module=models))
def test_every_network_has_one_layer_to_take_off(arch):
    if arch.startswith("regnet") and arch.endswith(("32gf", "128gf", "16gf")):
        pytest.skip("regnets can't be built without memory, and this one takes much")
    device = "cpu" if arch.startswith("regnet") else "meta"
    with torch.device(device):
        options = torchvision_networks._options(
            arch, torchvision_networks._default(arch)
        )
        network = models.get_model(arch, **options)
    name = torchvision_networks._remove_head(network)
    assert isinstance(network.get_submodule(name), torch.nn.Identity)
    again = [
        layer
        for layer in network.modules()
        if getattr(layer, "out_features", None) == 1000
    ]
    assert again == []


def test_safetensors_give_the_features_that_a_pickle_gives(tmp_path):
    state = built(SMALL).state_dict()
    torch.save(state, tmp_path / "w.pth")
    safetensors.save_file(state, tmp_path / "w.safetensors")
    first, second = (
        small(str(tmp_path / name)).transform(PICTURES)
        for name in ("w.pth", "w.safetensors")
    )
    np.testing.assert_array_equal(first, second)


def test_a_network_that_keeps_a_format_version_loads_from_safetensors(tmp_path):
    state = built("mnasnet0_5").state_dict()
    safetensors.save_file(state, tmp_path / "w.safetensors")
    torch.save(state, tmp_path / "w.pth")
    first, second = (
        small(tmp_path / name, arch="mnasnet0_5").transform(PICTURES[:1])
        for name in ("w.pth", "w.safetensors")
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.slow
def test_densenet_weights_with_the_names_of_old_files_load(tmp_path):
    state = built("densenet121").state_dict()
    old = {
        n.replace("norm1", "norm.1").replace("conv2", "conv.2"): state[n] for n in state
    }
    assert old.keys() != state.keys()
    torch.save(state, tmp_path / "new.pth")
    torch.save(old, tmp_path / "old.pth")
    first, second = (
        small(tmp_path / name, arch="densenet121").transform(PICTURES[:1])
        for name in ("new.pth", "old.pth")
    )
    np.testing.assert_array_equal(first, second)


def test_weights_for_any_number_of_classes_fit(tmp_path):
    network = models.resnet18(num_classes=7).eval()
    torch.save(network.state_dict(), tmp_path / "w.pth")
    features = small(
        tmp_path / "w.pth", arch="resnet18", precision="float32"
    ).transform(PICTURES)
    batch = prepared("resnet18", PICTURES)
    expected = before_the_last_layer(network, batch)
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-4)


def test_weights_of_another_network_are_refused_by_name(tmp_path):
    torch.save(models.shufflenet_v2_x0_5().state_dict(), tmp_path / "w.pth")
    with pytest.raises(ValueError, match=r"another network's: lacking features\.0"):
        small(tmp_path / "w.pth").transform(PICTURES)


def test_weights_that_are_not_sound_are_refused(tmp_path):
    state = {n: t * float("nan") for n, t in built(SMALL).state_dict().items()}
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="not finite"):
        small(tmp_path / "w.pth", precision="float32").transform(PICTURES)


def test_no_such_file_is_missing_weights(tmp_path):
    with pytest.raises(MissingWeightsError, match="no weights file"):
        small(tmp_path / "none.pth").transform(PICTURES)


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    """Let this machine hold no weights, and no way to any."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(socket, "socket", None)


def test_default_weights_are_those_that_torchvision_publishes(
    tmp_path, monkeypatch, no_weights
):
    network = built(SMALL)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    asked = []
    monkeypatch.setattr(
        torchvision_networks,
        "cached_weights",
        lambda url: asked.append(url) or tmp_path / "w.pth",
    )
    features = small("default", precision="float32").transform(PICTURES)
    expected = before_the_last_layer(network, prepared(SMALL, PICTURES))
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-4)
    assert set(asked) == {models.get_model_weights(SMALL).DEFAULT.url}


def test_weights_that_were_added_are_the_default_ones(tmp_path, no_weights):
    torch.save(built(SMALL).state_dict(), tmp_path / "w.pth")
    added = add_weights(SMALL, tmp_path / "w.pth", source="here", licence="mine")
    extractor = CNNExtractor(SMALL, batch_size=3)
    np.testing.assert_array_equal(
        extractor.transform(PICTURES), small(tmp_path / "w.pth").transform(PICTURES)
    )
    assert extractor.files_read() == [str(added.path)]


def test_default_weights_that_are_not_here_name_the_command_that_fetches_them(
    no_weights,
):
    with pytest.raises(MissingWeightsError) as told:
        CNNExtractor(SMALL).transform(PICTURES)
    assert f"mmbench weights fetch {SMALL}." in str(told.value)
    assert f"--weights {SMALL}=PATH" in str(told.value)
    assert CNNExtractor(SMALL).files_read() == []


def test_random_weights_follow_from_the_seed():
    first, same, other = (
        small(random_state=seed).transform(PICTURES) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)


def test_random_weights_leave_the_callers_randomness_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    small().transform(PICTURES[:1])
    assert torch.equal(torch.rand(3), expected)


def test_an_images_features_do_not_depend_on_its_company():
    extractor = small(batch_size=4)
    pictures = [picture() for _ in range(6)]
    together = extractor.transform(pictures)
    alone = np.concatenate([extractor.transform([each]) for each in pictures])
    np.testing.assert_array_equal(together, alone)


def test_the_same_picture_is_computed_once(monkeypatch):
    prepared_sizes = []
    plain = Network.features

    def counted(self, inputs):
        prepared_sizes.append(len({id(each) for each in inputs}))
        return plain(self, inputs)

    extractor = small(batch_size=8, precision="float32")
    first, second = picture(), picture()
    expected = extractor.transform([first, second])
    monkeypatch.setattr(Network, "features", counted)
    features = extractor.transform([first, second, np.asarray(first), None, first])
    assert prepared_sizes == [2]
    np.testing.assert_array_equal(features[[0, 1]], expected)
    np.testing.assert_array_equal(features[[2, 4]], expected[[0, 0]])
    assert np.isnan(features[3]).all()


def test_an_unreadable_image_is_an_error():
    with pytest.raises(DataError, match="4 bytes: not a picture"):
        small().transform([PICTURES[0], b"text"])


@pytest.mark.parametrize("size", [(8, 8), (1, 9), (1, 40_000), (40_000, 1)])
def test_any_size_and_shape_is_scaled(size):
    tall = Image.new("RGB", size, "red")
    features = small().transform([tall])
    assert np.isfinite(features).all()


def test_a_small_array_is_scaled_up_as_torchvision_does(tmp_path):
    network = built(SMALL)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    tiny = RNG.integers(0, 256, (8, 8), dtype=np.uint8)
    features = small(tmp_path / "w.pth", precision="float32").transform([tiny])
    batch = prepared(SMALL, [Image.fromarray(tiny)])
    np.testing.assert_allclose(
        features, before_the_last_layer(network, batch), rtol=1e-3, atol=1e-4
    )


def test_crop_sees_the_centre_and_pad_and_stretch_the_whole():
    inner = picture(100, 100)
    long = Image.new("RGB", (300, 100), "white")
    long.paste(inner, (100, 0))
    marked = long.copy()
    marked.paste(Image.new("RGB", (30, 100)), (0, 0))
    for framing, whole in (("crop", False), ("pad", True), ("stretch", True)):
        extractor = small(framing=framing, precision="float32")
        first, second = extractor.transform([long, marked])
        assert np.allclose(first, second) != whole


def test_padding_is_white_and_keeps_the_sides_ratio():
    network = torchvision_network(SMALL, None, framing="pad")
    (pixels,) = network.normalised([network.frame(Image.new("RGB", (100, 50)))])
    white = (1 - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor(
        [0.229, 0.224, 0.225]
    )
    assert pixels.shape == (3, 224, 224)
    bands = torch.cat([pixels[:, :56], pixels[:, 168:]], dim=1)
    assert torch.allclose(bands, white[:, None, None].expand_as(bands), atol=1e-6)
    assert (pixels[:, 56:168] < 0).all()


@pytest.mark.usefixtures("needs_bfloat16")
@pytest.mark.parametrize("arch", ["mobilenet_v2", SMALL])
def test_bfloat16_keeps_the_direction_of_random_features(arch):
    exact, rounded = (
        small(arch=arch, precision=precision).transform(PICTURES)
        for precision in ("float32", "bfloat16")
    )
    assert cosines(exact, rounded).min() >= 0.999


@pytest.mark.usefixtures("needs_bfloat16")
@pytest.mark.parametrize(
    ("hardware", "least_cosine", "expected"),
    [(True, 0.9, "bfloat16"), (True, 1.1, "float32"), (False, 0.9, "float32")],
)
def test_auto_is_bfloat16_where_it_is_fast_and_close(
    hardware, least_cosine, expected, monkeypatch
):
    monkeypatch.setattr(precision, "cpu_has_bfloat16", lambda: hardware)
    monkeypatch.setattr(precision, "_MIN_COSINE", least_cosine)
    assert small().precision_ == expected
    assert small(precision="bfloat16").precision_ == "bfloat16"
    assert small(precision="float32").precision_ == "float32"


def test_it_says_what_of_the_machine_its_features_depend_on():
    extractor = small(precision="float32", device="cpu")
    assert extractor.computed_with() == {"precision": "float32", "device": "cpu"}


@pytest.mark.parametrize(
    ("arch", "layer", "n_features"),
    [("resnet18", "layer3", 256), (SMALL, "features.6", 256)],
)
def test_an_inner_layer_gives_the_mean_of_its_maps(arch, layer, n_features, tmp_path):
    network = built(arch)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    seen = []
    network.get_submodule(layer).register_forward_hook(
        lambda _, __, output: seen.append(output)
    )
    with torch.inference_mode():
        network(prepared(arch, PICTURES))
    extractor = small(tmp_path / "w.pth", arch=arch, layer=layer, precision="float32")
    features = extractor.transform(PICTURES)
    assert features.shape == (len(PICTURES), n_features)
    scale = float(seen[0].abs().max())
    np.testing.assert_allclose(
        features, seen[0].mean((2, 3)).numpy(), rtol=1e-3, atol=1e-4 * scale
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arch", "layer", "pool", "n_features"),
    [
        ("vit_b_16", "encoder.layers.encoder_layer_2", "cls", 768),
        ("swin_t", "features.5", "mean", 384),
        ("convnext_tiny", "features.3", "max", 192),
    ],
)
def test_layers_of_transformers_are_pooled_over_their_places(
    arch, layer, pool, n_features
):
    extractor = small(arch=arch, layer=layer, pool=pool, precision="float32")
    features = extractor.transform(PICTURES[:1])
    assert features.shape == (1, n_features)


def test_neither_a_clone_nor_a_pickle_carries_the_network(tmp_path):
    torch.save(built(SMALL).state_dict(), tmp_path / "w.pth")
    extractor = small(tmp_path / "w.pth")
    before = vars(extractor).copy()
    features = extractor.fit_transform(PICTURES)
    assert vars(extractor) == before
    data = pickle.dumps(extractor)
    assert len(data) < 2_000
    for other in (clone(extractor), pickle.loads(data)):  # noqa: S301 - just dumped
        np.testing.assert_array_equal(other.transform(PICTURES), features)


def test_a_network_is_loaded_once_until_its_file_changes(tmp_path, monkeypatch):
    loads = []
    plain = cnn.photo_network

    def counted(*args, **kwargs):
        loads.append(args)
        return plain(*args, **kwargs)

    monkeypatch.setattr(cnn, "photo_network", counted)
    path = tmp_path / "w.pth"
    torch.save(built(SMALL, seed=0).state_dict(), path)
    first = small(path).transform(PICTURES)
    again = small(path).transform(PICTURES)
    assert len(loads) == 1
    np.testing.assert_array_equal(first, again)
    torch.save(built(SMALL, seed=1).state_dict(), path)
    other = small(path).transform(PICTURES)
    assert len(loads) == 2
    assert not np.allclose(first, other)


def test_the_number_of_threads_stays_the_callers():
    before = torch.get_num_threads()
    small().transform(PICTURES[:1])
    assert torch.get_num_threads() == before


def test_files_read_are_those_whose_content_counts():
    assert CNNExtractor(SMALL, "w.pth").files_read() == ["w.pth"]
    assert CNNExtractor(SMALL).files_read() == []
    assert small().files_read() == []
    (shipped,) = CNNExtractor(weights="glyphs").files_read()
    assert Path(shipped).name == "glyph_cnn.safetensors"


@pytest.mark.parametrize(
    ("extractor", "error", "message"),
    [
        (CNNExtractor("resnet81"), ValueError, "did you mean 'resnet18'"),
        (CNNExtractor(SMALL, 3), TypeError, "weights must be 'default', 'glyphs'"),
        (CNNExtractor(SMALL, "glyphs"), ValueError, "arch must be 'glyph_cnn'"),
        (CNNExtractor(batch_size=0), ValueError, "batch_size must be"),
        (CNNExtractor(precision="half"), ValueError, r"\['auto', 'bfloat16'"),
        (CNNExtractor(framing="fill"), ValueError, r"\['crop', 'pad', 'stretch'\]"),
        (CNNExtractor(random_state=None), TypeError, "random_state must be an integer"),
        (CNNExtractor(device="tpu"), ValueError, "device must be 'auto' or one"),
        (CNNExtractor(pool="sum"), ValueError, "pool must be one of"),
    ],
)
def test_a_wrong_parameter_is_told_by_fit_and_by_transform(extractor, error, message):
    with pytest.raises(error, match=message):
        extractor.fit(PICTURES)
    with pytest.raises(error, match=message):
        extractor.transform(PICTURES)


@pytest.mark.parametrize(
    ("package", "extractor"),
    [
        ("torch", CNNExtractor(SMALL)),
        ("torch", CNNExtractor(weights="glyphs")),
        ("torchvision", CNNExtractor(SMALL)),
    ],
)
def test_without_torch_the_error_says_how_to_install_it(
    package, extractor, monkeypatch
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=rf"^{package} .*mmbench\[torch\]"):
        extractor.fit(PICTURES)


def test_importing_the_extractors_imports_neither_torch_nor_skimage():
    code = (
        "import sys, mmbench.feature_extraction as fe; fe.CNNExtractor();"
        "print({'torch', 'torchvision', 'skimage', 'gensim'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(
    not (SHARED / "weights").is_dir(), reason="MMBENCH_SHARED_DATA holds no weights"
)
@pytest.mark.parametrize(
    ("arch", "name", "seen"),
    [
        ("mobilenet_v2", "mobilenet_v2.safetensors", "palace"),
        ("squeezenet1_0", "squeezenet1_0.pth", "monastery"),
    ],
)
def test_with_their_last_layer_pretrained_features_name_a_photograph(arch, name, seen):
    path = SHARED / "weights" / name
    photographs = list(load_sample_images().images)  # a Chinese temple and a flower
    exact, automatic = (
        small(path, arch=arch, precision=precision).transform(photographs)
        for precision in ("float32", "auto")
    )
    assert cosines(exact, automatic).min() >= 0.999
    state = read_state_dict(path)
    last = state["classifier.1.weight"].numpy().reshape(1000, -1)
    scores = exact @ last.T + state["classifier.1.bias"].numpy()
    labels = (SHARED / "weights" / "imagenet_labels.txt").read_text().splitlines()[1:]
    assert labels[scores[0].argmax()] == seen


needs_photographs = pytest.mark.skipif(
    not (SHARED / "weights").is_dir() or not (SHARED / "flipkart1050").is_dir(),
    reason="MMBENCH_SHARED_DATA holds no weights or no flipkart1050",
)


@needs_photographs
@pytest.mark.slow
def test_pretrained_features_tell_products_as_well_as_is_known():
    products = pd.read_csv(SHARED / "flipkart1050" / "products.csv")
    products = products[products["image"].notna()]
    files = [str(SHARED / "flipkart1050" / name) for name in products["image"]]
    extractor = CNNExtractor(
        weights=SHARED / "weights" / "mobilenet_v2.safetensors", framing="pad"
    )
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    accuracy = cross_val_score(
        model, extractor.transform(files), products["category"], cv=folds
    ).mean()
    assert accuracy == pytest.approx(0.838, abs=0.03)  # as the data's README says


@needs_photographs
@pytest.mark.usefixtures("needs_bfloat16")
def test_bfloat16_keeps_the_direction_of_pretrained_features_of_photographs():
    files = sorted((SHARED / "flipkart1050" / "images").glob("*.jpg"))[::60]
    exact, rounded = (
        CNNExtractor(
            weights=SHARED / "weights" / "mobilenet_v2.safetensors",
            precision=each,
            device="cpu",
        ).transform(files)
        for each in ("float32", "bfloat16")
    )
    assert cosines(exact, rounded).min() >= 0.999
    assert not np.array_equal(exact, rounded)


def test_what_is_chosen_for_many_networks_is_chosen_once_for_each(
    tmp_path, monkeypatch
):
    archs = ["mnasnet0_5", "mobilenet_v3_small", "shufflenet_v2_x0_5"]
    for arch in archs:
        torch.save(built(arch).state_dict(), tmp_path / f"{arch}.pth")
    loaded = []
    load = cnn.photo_network

    def counted(arch, *args, **kwargs):
        loaded.append(arch)
        return load(arch, *args, **kwargs)

    monkeypatch.setattr(cnn, "photo_network", counted)
    for arch in archs * 3:
        # More networks than are held in memory at a time.
        assert small(tmp_path / f"{arch}.pth", arch=arch).precision_ in (
            "bfloat16",
            "float32",
        )
    assert loaded == archs
