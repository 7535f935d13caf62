"""The built-in suites by name, and how one is built for the given data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mmbench.checks.catalogue import NO_NETWORK
from mmbench.datasets import EMBEDDED, get_dataset
from mmbench.errors import UnknownNameError, UsageError
from mmbench.suite import Suite
from mmbench.suites import (
    answering,
    best,
    captioning,
    ensembles,
    full,
    fusion,
    image,
    quick,
    retrieval,
    summarisation,
    text,
    translation,
)
from mmbench.suites.at_hand import (
    NETWORKS,
    TEXT_MODELS,
    networks_at_hand,
    text_models_at_hand,
)
from mmbench.suites.materials import (
    Materials,
    has_class_keys,
    is_imbalanced,
    modalities_of,
    task_of,
    views_of,
)
from mmbench.suites.parts import Methods, floors
from mmbench.tasks import TASKS

if TYPE_CHECKING:
    from mmbench.datasets import Dataset


N_FOLDS = 5
"""The folds of suites, unless others are asked for."""


@dataclass(frozen=True, kw_only=True)
class BuiltinSuite:
    """A suite that is not yet bound to data.

    Parameters
    ----------
    description : str
        One line for ``mmbench list suites``.
    methods : callable
        Returns the methods for the :class:`~mmbench.suites.materials.Materials` at
        hand.
    datasets : tuple of str
        The embedded datasets that it runs on unless others are given.
    task : str, optional
        The task that a table is read for, where its target doesn't decide.
    dual_encoder : bool, default=False
        Whether methods stand on a dual encoder of texts and pictures, where one is
        given.
    scoring : callable, optional
        Returns the metrics for the materials, or None for those of the task, which are
        the default.
    target_options : tuple of str, default=("target",)
        The options of ``mmbench run`` that can name the column that is the target, of
        a suite of one task: the first one given does.
    own_options : tuple of str
        The options that only suites of that task take.
    adopts : str, optional
        The task whose targets it takes labels of other tasks' datasets for.
    needs : str
        What is said where none of the target options is given.
    n_folds : int, default=5
        The folds on embedded datasets, unless others are asked for.
    """

    description: str
    methods: Callable[[Materials], Methods]
    datasets: tuple[str, ...] = ("glyphs",)
    task: str | None = None
    dual_encoder: bool = False
    scoring: Callable[[Materials], tuple[str, ...] | None] | None = None
    target_options: tuple[str, ...] = ("target",)
    own_options: tuple[str, ...] = ()
    adopts: str | None = None
    needs: str = "needs --target COL."
    n_folds: int = N_FOLDS


_SUITES: Mapping[str, BuiltinSuite] = MappingProxyType(
    {
        "quick": BuiltinSuite(
            description="a small, representative choice of everything",
            methods=quick.methods,
        ),
        "best": BuiltinSuite(
            description="a small portfolio of methods, and their greedy ensemble",
            methods=best.methods,
        ),
        "text": BuiltinSuite(
            description="every text extractor, and the predictors that win on texts",
            methods=text.methods,
        ),
        "image": BuiltinSuite(
            description="every image extractor, linear and boosted",
            methods=image.methods,
            datasets=("glyphs", "digits"),
        ),
        "ensembles": BuiltinSuite(
            description="every predictor and ensemble on the same features",
            methods=ensembles.methods,
        ),
        "fusion": BuiltinSuite(
            description="every fusion and every single modality",
            methods=fusion.methods,
            datasets=("glyphs", "synthetic"),
        ),
        "retrieval": BuiltinSuite(
            description="every joint space of texts and pictures, and their ensembles",
            methods=retrieval.methods,
            datasets=("scenes",),
            task="retrieval",
            dual_encoder=True,
            scoring=retrieval.scoring,
            target_options=("key", "target", "image", "video"),
            own_options=("key", "gallery_size"),
            needs="needs both sides of pairs: --text COL and --image COL or --video "
            "COL; or two views (--view), and with --key COL what is relevant to each "
            "other.",
        ),
        "answering": BuiltinSuite(
            description="questions about pictures: each alone, and every fusion",
            methods=answering.methods,
            datasets=("scene_questions",),
            task="answering",
            scoring=answering.scoring,
            own_options=("answers",),
            n_folds=3,
            adopts="answering",
            needs="needs --target COL, the answers, and --text COL, the questions; "
            "with --image COL what they are about.",
        ),
        "captioning": BuiltinSuite(
            description="captions of neighbours, their consensus, decoders, ensembles",
            methods=captioning.methods,
            datasets=("scene_captions",),
            task="generation",
            target_options=("text_target", "target"),
            own_options=("text_target",),
            n_folds=3,
            needs="needs --text-target COL, the captions, and --image COL.",
        ),
        "translation": BuiltinSuite(
            description="translations: memory, neighbours in text and picture, decoder",
            methods=translation.methods,
            datasets=("ambiguous_words",),
            task="generation",
            scoring=translation.scoring,
            target_options=("text_target", "target"),
            own_options=("text_target",),
            needs="needs --text COL, what is read, and --text-target COL.",
        ),
        "summarisation": BuiltinSuite(
            description="key frames of videos, by rules on frames or learnt from "
            "people",
            methods=summarisation.methods,
            datasets=("moving_glyphs_summaries",),
            task="summarisation",
            own_options=("shot", "shot_length"),
            needs="needs --target COL, the importance of each frame (repeatable, one "
            "per person), and --group COL, its video.",
        ),
        "full": BuiltinSuite(
            description="all of the above on all embedded datasets",
            methods=full.methods,
            datasets=("glyphs", "digits", "synthetic"),
        ),
    }
)

SUITES: Mapping[str, BuiltinSuite] = MappingProxyType(
    {n: each for n, each in _SUITES.items() if each.task is None or each.task in TASKS}
)
"""The built-in suites by name: those of the tasks that there are."""


_GLYPHS = {"glyph_cnn": "glyphs"}


def build_suite(
    name: str,
    datasets: Sequence[Dataset] | None = None,
    *,
    weights: Mapping[str, str] | None = None,
    vectors: Path | None = None,
    text_models: Mapping[str, str] | None = None,
    dual_encoder: str | None = None,
    log_target: bool = False,
    class_weight: str | None = None,
    imbalanced: bool | None = None,
    class_keys: bool | None = None,
    cv: int | None = None,
    seeds: Sequence[int] = (0,),
) -> Suite:
    """Build a built-in suite for the given data.

    Parameters
    ----------
    name : str
        One of :data:`SUITES`.
    datasets : sequence of Dataset, optional
        By default the embedded datasets that the suite names.
    weights : mapping of str to str, optional
        Network to weights, as :class:`~mmbench.feature_extraction.CNNExtractor` takes
        them. By default the network that mmbench ships for the embedded datasets; for
        all others EfficientNet-Lite0 where the extra ``pretrained`` is installed, or
        else torchvision's MobileNetV2 where its weights are here. Without any network,
        fusions use HOG and colours, and the datasets carry a notice that says so.
    vectors : path, optional
        A file of pretrained word vectors.
    text_models : mapping of str to str, optional
        Pretrained language models: what methods call them, and their folders or names,
        as :class:`~mmbench.feature_extraction.TransformerVectorizer` takes them. By
        default MiniLM where the extra ``pretrained`` is installed, but not for the
        embedded datasets. It stands beside TF-IDF.
    dual_encoder : str, optional
        A pretrained model of texts and pictures such as CLIP, its folder or name, as
        :class:`~mmbench.feature_extraction.dual_encoder.DualEncoderTexts` takes it, for
        the suite of retrieval.
    log_target : bool, default=False
        Whether methods, but for the floors, are fitted to the logarithm of the target.
    class_weight : {"balanced"}, optional
        As :class:`~mmbench.suite.Suite` takes it.
    imbalanced : bool, optional
        Whether methods that aim at rare classes take part. By default where the rarest
        class of a dataset in memory has under a third of the rows of the commonest.
    class_keys : bool, optional
        Whether keys of retrieval are classes, so that methods which learn these take
        part. By default as a dataset in memory has it.
    cv : int, optional
        The number of folds. By default five; three on the embedded datasets of suites
        whose methods take long.
    seeds : sequence of int, default=(0,)
        One repeat of the folds each.

    Returns
    -------
    Suite

    Raises
    ------
    UnknownNameError
        When there is no such suite.
    UsageError
        When the data has no column that the suite is about, or some need classifiers
        and others regressors.

    Examples
    --------
    >>> suite = build_suite("fusion")
    >>> "text+image/tfidf+glyph_cnn/late-mean/logistic" in suite.methods
    True
    """
    if name not in SUITES:
        raise UnknownNameError("suite", name, SUITES)
    builtin = SUITES[name]
    if dual_encoder and not builtin.dual_encoder:
        fitting = [each for each, suite in SUITES.items() if suite.dual_encoder]
        raise UsageError(
            f"suite {name!r} has no method with a dual encoder (--dual-encoder); "
            f"{fitting} have one."
        )
    datasets = datasets or [get_dataset(each) for each in builtin.datasets]
    embedded = all(dataset.name in EMBEDDED for dataset in datasets)
    if text_models is None:
        text_models = {} if embedded else text_models_at_hand()
    _check_task(name, datasets)
    task = task_of(datasets)
    if imbalanced is None:
        imbalanced = is_imbalanced(datasets)
    materials = Materials(
        modalities=modalities_of(datasets),
        weights=weights or (_GLYPHS if embedded else networks_at_hand()),
        vectors=vectors,
        text_models=text_models,
        dual_encoder=dual_encoder,
        task=task,
        views=views_of(datasets),
        imbalanced=imbalanced and task.answers.is_classifier,
        class_keys=has_class_keys(datasets) if class_keys is None else class_keys,
    )
    methods = builtin.methods(materials)
    if len(methods) == len(floors(materials)):
        kinds = sorted(set(materials.modalities.values()))
        raise UsageError(
            f"suite {name!r} has nothing to compare on {', '.join(kinds)} columns; "
            "choose another suite, or give it such columns."
        )
    if log_target:
        transform = materials.task.answers.on_log_scale
        kept = floors(materials)
        methods = {n: m if n in kept else transform(m) for n, m in methods.items()}
    if cv is None:
        cv = builtin.n_folds if embedded else N_FOLDS
    scoring = builtin.scoring(materials) if builtin.scoring else None
    return Suite(
        name=name,
        datasets=_told_of_networks(datasets, builtin, materials),
        methods=methods,
        scoring=scoring,  # type: ignore[arg-type]
        cv=cv,
        seeds=seeds,
        class_weight=class_weight,
    )


def _check_task(name: str, datasets: Sequence[Dataset]) -> None:
    """Check that a suite of one task is given that, and other suites no such task."""
    for dataset in datasets:
        task = dataset.task.name
        right = [suite for suite, each in SUITES.items() if each.task == task]
        if name not in right and (right or SUITES[name].task):
            instead = f"; run the suite {' or '.join(map(repr, right))}"
            raise UsageError(
                f"suite {name!r} is not for the task {task!r} of dataset "
                f"{dataset.name!r}{instead if right else ''}."
            )


def _told_of_networks(
    datasets: Sequence[Dataset], builtin: BuiltinSuite, materials: Materials
) -> list[Dataset]:
    """Let datasets with images say that no network looks at them, if none does."""
    pictures = {"image", "video"} & {*materials.modalities.values()}
    if materials.weights or not pictures:
        return list(datasets)
    richer = replace(
        materials,
        weights=NETWORKS,
        text_models={**materials.text_models, **TEXT_MODELS},
    )
    n_more = len(builtin.methods(richer).keys() - builtin.methods(materials).keys())
    notice = NO_NETWORK.found(
        "no pretrained image network is installed, so fusions use HOG and colour "
        f"features of images. pip install 'mmbench[pretrained]' adds {n_more} methods, "
        "of a network and a sentence encoder."
    )
    return [
        replace(each, notices=(*each.notices, notice))
        if pictures & {*each.modalities.values()}
        else each
        for each in datasets
    ]
