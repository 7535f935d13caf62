"""Networks compute in bfloat16 only where the processor can; elsewhere they say so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mmbench.feature_extraction import (  # noqa: E402
    CNNExtractor,
    SentenceTransformerVectorizer,
    TimmExtractor,
    TorchModuleExtractor,
    TransformerVectorizer,
    bfloat16,
    pretrained_texts,
)

PICTURES = [np.zeros((8, 8, 3), np.uint8)]
ERROR = r"precision must be 'auto' or 'float32' on this processor, got 'bfloat16'"

# What a processor without AVX-512 makes of both precisions, as JSON.
MASKED = """
import json
import sys

import numpy as np
import torch

from mmbench.cli.model_checks import torch_and_device
from mmbench.feature_extraction import TorchModuleExtractor, TransformerVectorizer

torch.manual_seed(0)
module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
pictures = list(np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8))
answers = {}
for name, make, data in (
    ("image", lambda **p: TorchModuleExtractor(module, size=16, **p), pictures),
    ("text", lambda **p: TransformerVectorizer(sys.argv[1], **p), ["red hat", "cat"]),
):
    automatic, exact, low = (
        make(precision=precision, device="cpu")
        for precision in ("auto", "float32", "bfloat16")
    )
    try:
        low.fit(data)
    except ValueError as error:
        message = str(error)
    same = np.array_equal(automatic.transform(data), exact.transform(data))
    answers[name] = [automatic.precision_, bool(same), message]
doctor = {row.name: row.value for row in torch_and_device()}
print(json.dumps({**answers, "doctor": doctor["bfloat16"]}))
"""


def test_without_avx512_auto_is_float32_and_bfloat16_an_error(tiny_bert):
    done = subprocess.run(
        [sys.executable, "-c", MASKED, str(tiny_bert)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
        text=True,
    )
    answers = json.loads(done.stdout)
    for name in ("image", "text"):
        precision, same, message = answers[name]
        assert (precision, same) == ("float32", True)
        assert message.startswith(ERROR)
        assert "Use precision='auto'" in message
    assert answers["doctor"] == "not on this processor; precision 'auto' is float32"


@pytest.mark.parametrize(
    ("extractor", "data"),
    [
        (CNNExtractor("squeezenet1_1", None), PICTURES),
        (CNNExtractor(weights="glyphs"), PICTURES),
        (TimmExtractor("resnet10t", None), PICTURES),
        (TorchModuleExtractor(torch.nn.Identity()), PICTURES),
        (TransformerVectorizer("bert"), ["cat"]),
        (SentenceTransformerVectorizer("bert"), ["cat"]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_every_network_refuses_bfloat16_where_the_processor_cannot(
    extractor, data, monkeypatch
):
    if isinstance(extractor, TimmExtractor):
        pytest.importorskip("timm")
    monkeypatch.setattr(bfloat16, "cpu_runs_bfloat16", lambda: False)
    extractor.set_params(precision="bfloat16", device="cpu")
    for use in (extractor.fit, extractor.transform):
        with pytest.raises(ValueError, match=ERROR):
            use(data)


def test_what_is_asked_of_an_extractor_before_fit_refuses_it_too(
    tiny_bert, monkeypatch
):
    # Another test may have loaded it on a processor that can.
    pretrained_texts._load.cache_clear()
    monkeypatch.setattr(bfloat16, "cpu_runs_bfloat16", lambda: False)
    low = {"precision": "bfloat16", "device": "cpu"}
    for extractor in (
        TorchModuleExtractor(torch.nn.Identity(), **low),
        TransformerVectorizer(tiny_bert, **low),
    ):
        with pytest.raises(ValueError, match=ERROR):
            extractor.computed_with()


def test_hardware_that_onednn_may_not_use_does_not_count(monkeypatch):
    monkeypatch.setattr(
        torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False
    )
    for usable in (True, False):
        monkeypatch.setattr(bfloat16, "cpu_runs_bfloat16", lambda u=usable: u)
        assert bfloat16.cpu_has_bfloat16() is usable


def test_a_torch_without_onednn_has_none(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not bfloat16.cpu_runs_bfloat16()
