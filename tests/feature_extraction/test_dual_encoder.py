"""A CLIP model's halves, held to what transformers computes with it."""

import json

import numpy as np
import pytest
from PIL import Image

from mmbench.feature_extraction.dual_encoder import DualEncoderImages, DualEncoderTexts

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

WORDS = ["a</w>", "red</w>", "star</w>", "moon</w>", "blue</w>"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a tiny CLIP with random weights."""
    folder = tmp_path_factory.mktemp("clip")
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    small["num_attention_heads"] = 2
    special = ["<|startoftext|>", "<|endoftext|>"]
    letters = sorted({c for word in WORDS for c in word.removesuffix("</w>")})
    vocab = [*letters, *(f"{c}</w>" for c in letters), *WORDS[1:], *special]
    ids = {token: i for i, token in enumerate(vocab)}
    (folder / "vocab.json").write_text(json.dumps(ids))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.CLIPConfig(
        text_config={
            **small,
            "vocab_size": len(vocab),
            "max_position_embeddings": 16,
            "eos_token_id": ids[special[1]],
            "bos_token_id": ids[special[0]],
            "pad_token_id": ids[special[1]],
        },
        vision_config={**small, "image_size": 8, "patch_size": 4},
        projection_dim=6,
    )
    transformers.CLIPModel(config).save_pretrained(folder)
    square = {"height": 8, "width": 8}
    transformers.CLIPImageProcessor(size=square, crop_size=square).save_pretrained(
        folder
    )
    return folder


def test_both_halves_are_those_of_the_model(folder):
    texts = ["a red star", "moon", "a blue moon star"]
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (8, 8, 3), dtype=np.uint8) for _ in texts]
    model = transformers.CLIPModel.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prepare = transformers.AutoImageProcessor.from_pretrained(folder, use_fast=False)
    for text, picture in zip(texts, pictures, strict=True):
        given = tokenizer([text], return_tensors="pt")
        pixels = prepare(images=Image.fromarray(picture), return_tensors="pt")
        with torch.no_grad():
            expected = model(**given, **pixels)
        for made, cell, wanted in (
            (DualEncoderTexts(folder), text, expected.text_embeds),
            (DualEncoderImages(folder), picture, expected.image_embeds),
        ):
            (row,) = made.fit([cell]).transform([cell])
            unit = row / np.linalg.norm(row)
            np.testing.assert_allclose(unit, wanted[0].numpy(), atol=1e-5)


def test_a_cell_has_one_vector_whatever_comes_with_it_and_a_missing_one_none(folder):
    texts = ["a red star", None, "moon", "a red star", " "]
    found = DualEncoderTexts(folder).transform(texts)
    assert found.shape == (5, 6)
    np.testing.assert_array_equal(found[[1, 4]], 0)
    np.testing.assert_array_equal(found[0], found[3])
    np.testing.assert_allclose(
        found[2:3], DualEncoderTexts(folder).transform(["moon"]), atol=1e-6
    )
    picture = np.zeros((8, 8, 3), np.uint8)
    found = DualEncoderImages(folder).transform([picture, None])
    assert found[0].any()
    assert not found[1].any()


def test_a_model_of_texts_alone_is_refused(tmp_path):
    config = transformers.BertConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    transformers.BertModel(config).save_pretrained(tmp_path)
    with pytest.raises(
        ValueError, match=r"can't be read as a model|not a dual encoder"
    ):
        DualEncoderTexts(tmp_path).transform(["a"])


def test_methods_of_a_dual_encoder_rank_as_the_model_does(folder):
    import pandas as pd

    from mmbench.fusion import branch
    from mmbench.fusion.embedding import JointEmbedding
    from mmbench.fusion.joint_spaces import SharedSpace

    rng = np.random.default_rng(0)
    texts = ["red", "blue moon", "a star"]
    pictures = [rng.integers(0, 255, (8, 8, 3), dtype=np.uint8) for _ in texts]
    X = pd.DataFrame({"text": texts, "image": pictures})
    sides = [
        ("text", branch("text", DualEncoderTexts(folder))),
        ("image", branch("image", DualEncoderImages(folder))),
    ]
    method = JointEmbedding(sides, SharedSpace(), max_width=None).fit(X)
    a, b = (method.embed(X, side) for side in ("text", "image"))
    model = transformers.CLIPModel.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prepare = transformers.AutoImageProcessor.from_pretrained(folder, use_fast=False)
    pixels = prepare(images=[*map(Image.fromarray, pictures)], return_tensors="pt")
    with torch.no_grad():
        for i, text in enumerate(texts):
            found = model(**tokenizer([text], return_tensors="pt"), **pixels)
            expected = found.logits_per_text[0] / model.logit_scale.exp()
            np.testing.assert_allclose(a[i] @ b.T, expected.numpy(), atol=1e-5)
