"""What a suite is built of: extractors by name, the columns, and pretrained files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    QuantileTransformer,
    SplineTransformer,
    TargetEncoder,
)

from mmbench import feature_extraction as fe
from mmbench.datasets import samples_in_memory
from mmbench.errors import UsageError
from mmbench.fusion import BlockScaler, branch
from mmbench.suites.kinds import PredictorKind, kind_of
from mmbench.tasks import Task
from mmbench.tasks.classification import CLASSIFICATION

if TYPE_CHECKING:
    from sklearn.base import TransformerMixin
    from sklearn.pipeline import Pipeline

    from mmbench.datasets import Dataset, Modality

TEXT_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {
        "bow": fe.CountVectorizer,
        "tfidf": lambda: fe.TfidfVectorizer(sublinear_tf=True),
        "words": lambda: fe.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        "chars": lambda: fe.TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
        ),
        "tokens": lambda: fe.TfidfVectorizer(
            tokenizer=fe.split_tokens,
            token_pattern=None,
            ngram_range=(1, 2),
            sublinear_tf=True,
        ),
        "bigrams": lambda: fe.CountVectorizer(ngram_range=(1, 2), binary=True),
        "hashing": lambda: fe.HashingVectorizer(n_features=2**14),
        "word2vec": fe.Word2VecVectorizer,
        "glove": fe.GloVeVectorizer,
        "fasttext": fe.FastTextVectorizer,
        "lstm": fe.LSTMVectorizer,
    }
)
IMAGE_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {
        "pixels": fe.PixelsExtractor,
        "color": fe.ColorHistogramExtractor,
        "hog": fe.HOGExtractor,
        "lbp": fe.LBPExtractor,
    }
)
AUDIO_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {"mfcc": fe.AudioExtractor}
)
# Frames of videos; any network that looks at pictures looks at them, too.
_FRAMES = "frames-"
VIDEO_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {
        "motion": fe.MotionExtractor,
        f"{_FRAMES}hog": fe.VideoExtractor,
        f"{_FRAMES}color": lambda: fe.VideoExtractor(fe.ColorHistogramExtractor()),
    }
)
_SPARSE = frozenset({"bow", "tfidf", "words", "chars", "tokens", "bigrams", "hashing"})


def _numeric(*transforms: TransformerMixin) -> list[TransformerMixin]:
    """Return the steps for numbers; what is transformed says where it was missing."""
    if not transforms:
        return [SimpleImputer(keep_empty_features=True), BlockScaler()]
    impute = SimpleImputer(
        strategy="median", add_indicator=True, keep_empty_features=True
    )
    return [impute, *transforms, BlockScaler()]


_Steps = Callable[[PredictorKind], "list[TransformerMixin]"]

TABLE_EXTRACTORS: Mapping[str, _Steps] = MappingProxyType(
    {
        "numeric": lambda _: _numeric(),
        "roots": lambda _: [
            SimpleImputer(keep_empty_features=True),
            FunctionTransformer(fe.signed_root),
            BlockScaler(),
        ],
        # So few quantiles are there even in the inner folds of a small table.
        "quantiles": lambda _: _numeric(
            QuantileTransformer(n_quantiles=20, output_distribution="normal")
        ),
        "splines": lambda _: _numeric(
            SplineTransformer(n_knots=5, knots="quantile", extrapolation="constant")
        ),
        "categorical": lambda _: [
            OneHotEncoder(handle_unknown="ignore", min_frequency=2)
        ],
        "target_means": lambda kind: [TargetEncoder(cv=kind.inner), BlockScaler()],
        "frequencies": lambda _: [fe.FrequencyEncoder(), BlockScaler()],
    }
)
"""The steps for numeric and categorical columns."""


@dataclass(frozen=True, kw_only=True)
class Materials:
    """What a suite is built for: the columns, and the pretrained files at hand.

    Parameters
    ----------
    modalities : mapping of str to Modality
        The kind of every column.
    weights : mapping of str to path or str, default={"mobilenet_v2": "default"}
        Network to its weights, as :class:`~mmbench.feature_extraction.CNNExtractor`
        takes them. The first network is the one that fusions use; without any, they
        use HOG and colours.
    vectors : path, optional
        A file of pretrained word vectors.
    text_models : mapping of str to str, default={}
        Pretrained language models: what methods call them, and their folders or names,
        as :class:`~mmbench.feature_extraction.TransformerVectorizer` takes them.
    dual_encoder : str, optional
        A pretrained model of texts and pictures: its folder or name.
    task : Task, default=classification
        What methods answer.
    views : mapping of str to sequence of str, default={}
        Numeric columns that are a unit of their own, by its name.
    imbalanced : bool, default=False
        Whether the rarest class has under a third of the rows of the commonest, so that
        methods which aim at rare classes take part.
    class_keys : bool, default=False
        Retrieval: whether keys are classes, so that methods which learn them take part.
    """

    modalities: Mapping[str, Modality]
    weights: Mapping[str, str] = field(
        default_factory=lambda: {"mobilenet_v2": "default"}
    )
    vectors: Path | None = None
    text_models: Mapping[str, str] = field(default_factory=dict)
    dual_encoder: str | None = None
    task: Task = CLASSIFICATION
    views: Mapping[str, Sequence[str]] = field(default_factory=dict)
    imbalanced: bool = False
    class_keys: bool = False

    @property
    def kind(self) -> PredictorKind:
        """The predictors and fusions that answer for the task."""
        return kind_of(self.task)

    def units(self) -> dict[str, Modality]:
        """Return the name and the modality of every unit."""
        of_view = {c: view for view, columns in self.views.items() for c in columns}
        units: dict[str, Modality] = {}
        for column, modality in self.modalities.items():
            joined = modality in ("numeric", "categorical")
            units[of_view.get(column, modality if joined else column)] = modality
        return units

    def extractors(self, modality: Modality) -> list[str]:
        """Return the names of all extractors for a modality, most telling first.

        Parameters
        ----------
        modality : Modality
            The kind of a column.

        Returns
        -------
        list of str
            Never empty for a modality that can be read.

        Raises
        ------
        UsageError
            When no extractor reads the modality.
        """
        if modality == "text":
            trained = ["word2vec", "glove", "fasttext", "bow", "hashing"]
            # What the LSTM is trained to tell apart is classes.
            lstm = ["lstm"] if self.task.answers.is_classifier else []
            counted = ["tfidf", "words+chars", *self.pretrained_texts()]
            return [*counted, *trained, "chars", "tokens", *lstm]
        if modality == "image":
            best = list(self.weights) or ["hog+color"]
            return [*best, "hog", "color", "lbp", "pixels"]
        if modality == "audio":
            return list(AUDIO_EXTRACTORS)
        if modality == "video":
            networks = [f"{_FRAMES}{each}" for each in self.weights]
            seen = networks or [f"{_FRAMES}hog", f"{_FRAMES}color"]
            main = "+".join(["motion", *seen])
            return list(dict.fromkeys([main, *networks, *VIDEO_EXTRACTORS]))
        if modality == "numeric":
            return ["numeric"] if self.views else ["numeric", "quantiles", "splines"]
        if modality == "categorical":
            return ["categorical", "target_means", "target_means+frequencies"]
        raise UsageError(f"the built-in suites can't read {modality} columns.")

    def pretrained_texts(self) -> list[str]:
        """Return the names of the extractors of text that were trained elsewhere."""
        return [*self.text_models, *(["vectors"] if self.vectors else [])]

    def main_extractor(self, unit: str) -> str:
        """Return the name of the extractor that fusions use for a unit.

        Parameters
        ----------
        unit : str
            A name from :meth:`units`.

        Returns
        -------
        str
            The extractor's name.
        """
        return self.extractors(self.units()[unit])[0]

    def features(self, unit: str, extractor: str) -> Pipeline:
        """Return the branch that turns a unit into scaled features.

        Parameters
        ----------
        unit : str
            A name from :meth:`units`: a column, or a modality whose columns stand
            together.
        extractor : str
            The name of one of the unit's extractors, or several joined by ``+``, whose
            features stand side by side.

        Returns
        -------
        Pipeline
            Unfitted; it selects the unit's columns and makes features of them.
        """
        columns: Any = unit
        kind = self.units()[unit]
        if kind in ("numeric", "categorical"):
            seen = {c for columns in self.views.values() for c in columns}
            rest = [c for c in self.modalities if c not in seen]
            columns = list(self.views.get(unit, ())) or [
                c for c in rest if self.modalities[c] == kind
            ]
        return branch(columns, *self._steps(extractor))

    def _steps(self, extractor: str) -> list[TransformerMixin]:
        names = extractor.split("+")
        if len(names) > 1 and extractor not in self.text_models:
            return [FeatureUnion([(each, self._block(each)) for each in names])]
        if extractor in TABLE_EXTRACTORS:
            return TABLE_EXTRACTORS[extractor](self.kind)
        if extractor in _SPARSE:
            return [TEXT_EXTRACTORS[extractor]()]
        made = [self._made(extractor)]
        if extractor in (*TEXT_EXTRACTORS, *self.pretrained_texts()):
            return [*made, BlockScaler()]
        return [*made, SimpleImputer(keep_empty_features=True), BlockScaler()]

    def _block(self, extractor: str) -> TransformerMixin:
        steps = self._steps(extractor)
        return steps[0] if len(steps) == 1 else make_pipeline(*steps)

    def _made(self, extractor: str) -> TransformerMixin:
        makers = {
            **TEXT_EXTRACTORS,
            **IMAGE_EXTRACTORS,
            **AUDIO_EXTRACTORS,
            **VIDEO_EXTRACTORS,
        }
        if extractor in makers:
            return makers[extractor]()
        if extractor in self.text_models:
            return fe.pretrained_vectorizer(self.text_models[extractor])
        if extractor == "vectors":
            return fe.PretrainedWordVectorizer(str(self.vectors))
        network = extractor.removeprefix(_FRAMES)
        if network != extractor:
            return fe.VideoExtractor(self._network(network))
        return self._network(extractor)

    def _network(self, name: str) -> TransformerMixin:
        # A photo matters up to its edges, which cropping to the centre would cut off.
        return fe.CNNExtractor(name, str(self.weights[name]), framing="pad")


def has_class_keys(datasets: Sequence[Dataset]) -> bool:
    """Return whether what is relevant to each other in a dataset is a class.

    Parameters
    ----------
    datasets : sequence of Dataset
        Only those in memory are looked at, and those of views, which load at once.

    Returns
    -------
    bool
        False where no task says so.
    """
    found = (
        (each, each.load() if each.views else samples_in_memory(each))
        for each in datasets
        if each.task.data.target_may_be_input
    )
    schemas = [dataset.target(s).schema for dataset, s in found if s is not None]
    return any(schema.get("class_keys", False) for schema in schemas)


def is_imbalanced(datasets: Sequence[Dataset]) -> bool:
    """Return whether a dataset in memory has a rare class.

    Parameters
    ----------
    datasets : sequence of Dataset
        None of them is loaded for it.

    Returns
    -------
    bool
        Whether in one of them the rarest class has under a third of the rows of the
        commonest.
    """
    for dataset in datasets:
        samples = samples_in_memory(dataset)
        if samples is None:
            continue
        data, target = dataset.task.data, dataset.target(samples)
        if data.rarest(target) is not None:
            counts = np.bincount(data.codes(target))
            if counts[counts > 0].min() < counts.max() / 3:
                return True
    return False


def modalities_of(datasets: Sequence[Dataset]) -> dict[str, Modality]:
    """Return the columns of several datasets in one mapping.

    Parameters
    ----------
    datasets : sequence of Dataset
        Datasets that one suite is built for.

    Returns
    -------
    dict of str to Modality
        The union of their columns, in order of appearance.

    Raises
    ------
    UsageError
        When a column is of one modality here and of another there.
    """
    columns: dict[str, Modality] = {}
    for dataset in datasets:
        for column, modality in dataset.modalities.items():
            if columns.setdefault(column, modality) != modality:
                raise UsageError(
                    f"column {column!r} is {columns[column]} in one dataset and "
                    f"{modality} in {dataset.name!r}; a suite needs them to agree."
                )
    return columns


def views_of(datasets: Sequence[Dataset]) -> dict[str, tuple[str, ...]]:
    """Return the views of several datasets in one mapping.

    Parameters
    ----------
    datasets : sequence of Dataset
        Datasets that one suite is built for.

    Returns
    -------
    dict of str to tuple of str
        The union of their views, in order of appearance.

    Raises
    ------
    UsageError
        When datasets disagree about the columns of a view.
    """
    views: dict[str, tuple[str, ...]] = {}
    for dataset in datasets:
        for view, columns in dataset.views.items():
            if views.setdefault(view, tuple(columns)) != tuple(columns):
                raise UsageError(
                    f"view {view!r} has other columns in dataset {dataset.name!r} than "
                    "in another; a suite needs them to agree."
                )
    return views


def task_of(datasets: Sequence[Dataset]) -> Task:
    """Return the task that the methods of several datasets answer for.

    Parameters
    ----------
    datasets : sequence of Dataset, not empty
        Datasets that one suite is built for.

    Returns
    -------
    Task
        The task of the first.

    Raises
    ------
    UsageError
        When some need classifiers and others regressors.
    """
    kinds = {dataset.task.answers.is_classifier: dataset.task for dataset in datasets}
    if len(kinds) > 1:
        names = " and ".join(sorted(task.name for task in kinds.values()))
        raise UsageError(
            f"a suite has the same methods for all datasets, but {names} need "
            "different ones; run them one after another."
        )
    return datasets[0].task
