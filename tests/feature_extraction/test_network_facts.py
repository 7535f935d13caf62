"""What an extractor with a network says of it before it is loaded."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("torchvision")

from mmbench.errors import MissingDependencyError, RequirementError
from mmbench.feature_extraction import (
    CNNExtractor,
    LSTMVectorizer,
    SentenceTransformerVectorizer,
    network_facts,
)
from mmbench.fusion import FusionNetClassifier
from mmbench.predictors import LightGBMClassifier


@pytest.fixture
def machine(monkeypatch):
    """Pretend that the processor has bfloat16 and the network does well in it."""

    def pretend(has_bfloat16, precision, device="cpu"):
        monkeypatch.setattr(network_facts, "cpu_has_bfloat16", lambda: has_bfloat16)
        monkeypatch.setattr(network_facts, "chosen_device", lambda _: device)
        monkeypatch.setattr(CNNExtractor, "precision_", precision)

    return pretend


def test_auto_is_float32_where_there_is_nothing_else(machine):
    machine(False, "never asked")
    assert CNNExtractor().chosen_params() == {"precision": "float32"}


def test_auto_is_what_the_network_chose_where_it_could(machine):
    machine(True, "bfloat16")
    assert CNNExtractor().chosen_params() == {"precision": "bfloat16"}


def test_a_given_precision_is_kept_and_a_gpu_is_named(machine):
    machine(True, "bfloat16")
    assert CNNExtractor(precision="float32").chosen_params() == {}
    machine(True, "float32", device="cuda")
    assert CNNExtractor().chosen_params() == {"precision": "float32", "device": "cuda"}


@pytest.mark.parametrize(
    "estimator",
    [
        CNNExtractor("efficientnet_lite0"),
        FusionNetClassifier([]),
        LSTMVectorizer(),
        LightGBMClassifier(),
        SentenceTransformerVectorizer("here"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(estimator, monkeypatch):
    monkeypatch.setattr("mmbench.errors.find_spec", lambda _: None)
    monkeypatch.setattr("mmbench.errors.sys.modules", {})
    with pytest.raises(MissingDependencyError, match=r"pip install 'mmbench\["):
        estimator.check_requirements()


def test_weights_that_are_not_here_are_missed_before_work_begins(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(RequirementError, match="mmbench weights fetch resnet18"):
        CNNExtractor("resnet18").check_requirements()
    CNNExtractor(weights="glyphs").check_requirements()
