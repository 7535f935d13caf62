"""Make the weights of ``glyph_cnn`` again: a few minutes on one core, seeded.

The network learns to tell the characters of STIX and Computer Modern, the font
families beside DejaVu that matplotlib ships, from each other. It never sees a DejaVu
file, so its features are transferred to the ``glyphs`` dataset, not learnt on it.

    python benchmarks/train_glyph_cnn.py

writes ``glyph_cnn.safetensors`` and ``weights.toml`` to ``datasets/glyph_cnn/``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import torch
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL import __version__ as pillow_version
from safetensors.torch import save_file
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everyone writes it

from mmbench.datasets import get_dataset
from mmbench.feature_extraction import CNNExtractor, HOGExtractor, PixelsExtractor
from mmbench.feature_extraction.glyph_cnn import glyph_trunk
from mmbench.fusion import BlockScaler
from mmbench.predictors import make_classifier

FOLDER = Path(__file__).parents[1] / "datasets" / "glyph_cnn"
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
# Fonts whose code points are Unicode's; the others count code points of their own.
UNICODE = ("STIXGeneral", "cmb10", "cmr10", "cmss10", "cmti10", "cmtt10")
CANVAS, FONT_SIZE, SIDE = 64, 40, 32
BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY, WARM_UP = 128, 3e-3, 0.02, 0.1
WIDTH = 256  # of the layer between the features and the characters
HELD_OUT = 0.05
FACTS = {
    "name": "glyph_cnn",
    "title": "A small convolutional network for characters",
    "version": "1",
    "licence": "MIT",
    "source": "trained by benchmarks/train_glyph_cnn.py of mmbench",
    "citation": "STIX Fonts 1.1 (SIL Open Font License); BaKoMa fonts of Computer "
    "Modern (BaKoMa Fonts Licence)",
    "task": "name the character: Unicode code point after NFKC, or place in the font",
    "data": "the characters of the fonts below, which come with matplotlib; no DejaVu "
    "file is among them, though many of the characters are in DejaVu Sans as well, "
    "drawn otherwise",
    "input": "32x32 grey pixels from 0 to 1, bright on dark",
    "output": "512 features: 128 maps of 4x4, averaged over 2x2",
    "notes": "The accuracy held out is over plain drawings whose character was learnt "
    "from other fonts. The tables of transfer hold 5-fold scores of logistic "
    "regression (C=30) over standardised features of unit norm, as the suites have it.",
}


class Characters(NamedTuple):
    """Drawn characters: pixels (n, 64, 64) uint8, labels (n,), and the fonts' files."""

    pixels: Tensor
    labels: Tensor
    fonts: list[Path]


def draw_characters() -> Characters:
    """Draw every character of the fonts. A label is what a character looks like."""
    fonts = sorted([*FONTS.glob("STIX*.ttf"), *FONTS.glob("cm*10.ttf")])
    drawn, named = [], []
    for path in fonts:
        layout = ImageFont.Layout.BASIC
        face = ImageFont.truetype(str(path), FONT_SIZE, layout_engine=layout)
        for code in sorted(FT2Font(str(path)).get_charmap()):
            image = Image.new("L", (CANVAS, CANVAS))
            middle = (CANVAS // 2, CANVAS // 2)
            ImageDraw.Draw(image).text(middle, chr(code), 255, face, anchor="mm")
            if np.asarray(image).max() > 127:  # not a blank
                drawn.append(np.array(image))
                named.append(label_of(path.stem, chr(code)))
    labels = np.unique(named, return_inverse=True)[1]
    return Characters(torch.tensor(np.stack(drawn)), torch.tensor(labels), fonts)


def label_of(font: str, character: str) -> str:
    """Return the label of a character, the same in all styles of a letter."""
    old = font.startswith("cm")  # these give the places of accents to other signs
    if font.startswith(UNICODE) and (not old or character.isascii()):
        return unicodedata.normalize("NFKC", character)
    family = "STIXNonUni" if font.startswith("STIXNonUni") else font
    return f"{family} {ord(character)}"


def thin_and_bold(pixels: Tensor) -> Tensor:
    """Return each character thinner, as it is, and bolder: (n, 3, 64, 64) uint8."""
    smooth = F.avg_pool2d(pixels.float().unsqueeze(1), 3, 1, 1)
    bold, thin = F.max_pool2d(smooth, 3, 1, 1), -F.max_pool2d(-smooth, 3, 1, 1)
    return torch.cat([thin, smooth, bold], dim=1).round().to(torch.uint8)


def augment(weights: Tensor, random: torch.Generator) -> Tensor:
    """Draw characters (n, 3, 64, 64) anew, (n, 1, 32, 32), from 0 to 1.

    Thickness, angle, slant, size, proportions, place, sharpness, contrast and noise
    change at random.
    """
    n = len(weights)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, generator=random)

    boldness = uniform(-0.8, 1.0)
    extreme = weights[torch.arange(n), 1 + boldness.sign().int()]
    pixels = torch.lerp(
        weights[:, 1].float(), extreme.float(), boldness.abs()[:, None, None]
    )
    angle, slant = uniform(-0.26, 0.26), uniform(-0.25, 0.25)
    size, ratio = uniform(-0.43, 0.37).exp(), uniform(-0.2, 0.2).exp()
    sine, cosine = angle.sin(), angle.cos()
    rows = [cosine / (size * ratio), (slant * cosine - sine) / (size * ratio)]
    rows += [uniform(-0.25, 0.25), sine * ratio / size]
    rows += [(cosine + slant * sine) * ratio / size, uniform(-0.25, 0.25)]
    grid = F.affine_grid(
        torch.stack(rows, 1).reshape(n, 2, 3), (n, 1, SIDE, SIDE), align_corners=False
    )
    images = F.grid_sample(pixels[:, None] / 255, grid, align_corners=False)
    for share, side in ((0.15, 8), (0.1, 12)):  # as if scaled up from few pixels
        coarse = torch.rand(n, generator=random) < share
        images[coarse] = scaled(scaled(images[coarse], side), SIDE)
    images *= uniform(0.6, 1.0)[:, None, None, None]
    noise = torch.randn(images.shape, generator=random)
    return (images + noise * uniform(0, 0.12)[:, None, None, None]).clamp(0, 1)


def scaled(images: Tensor, side: int) -> Tensor:
    """Return images scaled to squares of a side."""
    return F.interpolate(images, size=(side, side), mode="bilinear", antialias=True)


def network_of(n_classes: int) -> nn.Sequential:
    """Return the trunk, which is shipped, and what follows it in training only.

    The features are the trunk's, because the further a layer is from the characters
    that it tells apart, the more it knows of other ones.
    """
    return nn.Sequential(
        *glyph_trunk(),
        nn.Conv2d(128, 128, 3, padding=1, bias=False),
        *(nn.BatchNorm2d(128), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        nn.Linear(512, WIDTH, bias=False),
        *(nn.BatchNorm1d(WIDTH), nn.ReLU()),
        nn.Linear(WIDTH, n_classes),
    ).to(memory_format=torch.channels_last)


def train(weights: Tensor, labels: Tensor, steps: int, seed: int) -> nn.Sequential:
    """Train a network to tell the characters apart."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    network = network_of(int(labels.max()) + 1)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=steps, pct_start=WARM_UP
    )
    losses = []
    for step in range(1, steps + 1):
        chosen = torch.randint(len(labels), (BATCH_SIZE,), generator=random)
        images = augment(weights[chosen], random)
        images = images.contiguous(memory_format=torch.channels_last)
        loss = F.cross_entropy(network(images), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 500 == 0:
            spent = time.process_time()
            print(f"step {step}: loss {np.mean(losses[-500:]):.3f}, {spent:.0f} s")
    return network.eval()


def hold_out(labels: Tensor, seed: int) -> NDArray[np.bool_]:
    """Choose some drawings of characters that other fonts have as well."""
    labels = labels.numpy()
    order = np.random.default_rng(seed).permutation(len(labels))
    again = np.ones(len(labels), bool)
    again[order[np.unique(labels[order], return_index=True)[1]]] = False
    held_out = np.zeros(len(labels), bool)
    held_out[np.flatnonzero(again)[:: round(1 / HELD_OUT)]] = True
    return held_out


def share_named(network: nn.Sequential, weights: Tensor, labels: Tensor) -> float:
    """Return the share of plain drawings that the network names."""
    images = scaled(weights[:, 1:2].float() / 255, SIDE)
    with torch.inference_mode():
        named = torch.cat([network(batch).argmax(1) for batch in images.split(256)])
    return float((named == labels).float().mean())


def compare(extractors: dict[str, Any]) -> list[tuple[str, str, int, float, float]]:
    """Return dataset, features, their number, accuracy and macro-F1, in five folds."""
    results = []
    for name in ("glyphs", "digits"):
        samples = get_dataset(name).load()
        images, y = samples.X["image"], samples.y
        made = {each: extractors[each].transform(images) for each in extractors}
        made["HOG and glyph_cnn"] = np.hstack([made["HOG"], made["glyph_cnn"]])
        for each, features in made.items():
            method = make_pipeline(BlockScaler(), make_classifier("logistic"))
            folds = StratifiedKFold(5, shuffle=True, random_state=0)
            guesses = cross_val_predict(method, features, y, cv=folds)
            scores = accuracy_score(y, guesses), f1_score(y, guesses, average="macro")
            results.append((name, each, features.shape[1], *scores))
            print("{}: {} ({} features): {:.3f}, {:.3f}".format(*results[-1]))
    return results


def write_card(
    file: Path, fonts: list[Path], facts: dict[str, Any], results: list[Any]
) -> None:
    """Write what there is to know about the weights beside them."""
    facts = facts | {
        "checksum": f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}",
        "size_bytes": file.stat().st_size,
        "made_with": f"torch {torch.__version__.partition('+')[0]}, Pillow "
        f"{pillow_version}, matplotlib {mpl.__version__}",
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in facts.items()]
    lines += ["", "[fonts]  # file name to SHA-256"]
    for path in fonts:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f'"{path.name}" = "{digest}"')
    for dataset, features, n_features, accuracy, macro_f1 in results:
        lines += ["", "[[transfer]]"]
        lines += [f'dataset = "{dataset}"', f'features = "{features}"']
        lines += [f"n_features = {n_features}"]
        lines += [f"accuracy = {accuracy:.3f}", f"macro_f1 = {macro_f1:.3f}"]
    file.with_name("weights.toml").write_text("\n".join([*lines, ""]), "utf-8")


def main() -> None:
    """Train, compare, and write the weights and their card."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    torch.set_num_threads(1)
    pixels, labels, fonts = draw_characters()
    weights, held_out = thin_and_bold(pixels), hold_out(labels, options.seed)
    start = time.process_time()
    network = train(weights[~held_out], labels[~held_out], options.steps, options.seed)
    minutes = (time.process_time() - start) / 60
    facts = FACTS | {
        "n_drawings": len(labels),
        "n_characters": int(labels.max()) + 1,
        "n_held_out": int(held_out.sum()),
        "held_out_accuracy": round(
            share_named(network, weights[held_out], labels[held_out]), 3
        ),
        "steps": options.steps,
        "seed": options.seed,
        "training_minutes": round(minutes, 1),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "glyph_cnn.safetensors"
    trunk = network[: len(glyph_trunk())].state_dict()
    save_file(
        {n: t.contiguous() for n, t in trunk.items() if t.is_floating_point()}, file
    )
    file.chmod(0o644)  # safetensors lets no one else read it
    results = compare(
        {
            "pixels": PixelsExtractor(),
            "HOG": HOGExtractor(),
            "glyph_cnn": CNNExtractor("glyph_cnn", file),
            "glyph_cnn, untrained": CNNExtractor("glyph_cnn", None),
        }
    )
    write_card(file, fonts, facts, results)


if __name__ == "__main__":
    main()
