"""What an exported model may hold, besides scikit-learn's and numpy's own types.

Each is named, so that nothing is trusted for the place where it lies. They hold numbers
and words; none runs anything when it is made or given its state.
"""

from collections.abc import Mapping

__all__ = ["TRUSTED"]

_EXTRACTORS = {
    "audio": ("AudioExtractor",),
    "categories": ("FrequencyEncoder",),
    "cnn": ("CNNExtractor",),
    "dual_encoder": ("DualEncoderImages", "DualEncoderTexts"),
    "motion": ("MotionExtractor",),
    "pixels": ("ColorHistogramExtractor", "PixelsExtractor"),
    "recurrent": ("LSTMVectorizer", "RNNVectorizer"),
    "recurrent_network": ("RecurrentNetwork",),
    "roots": ("signed_root",),
    "text": ("CountVectorizer", "HashingVectorizer", "TfidfVectorizer"),
    "texture": ("HOGExtractor", "LBPExtractor"),
    "timm_networks": ("TimmExtractor",),
    "tokenize": ("split_tokens",),
    "transformer": ("SentenceTransformerVectorizer", "TransformerVectorizer"),
    "video": ("FrameFeatures", "FramePooling", "VideoExtractor"),
    "word_vectors.gensim_vectors": ("FastTextVectorizer", "Word2VecVectorizer"),
    "word_vectors.glove": ("GloVeVectorizer",),
    "word_vectors.pooling": ("Pooling",),
    "word_vectors.pretrained": ("PretrainedWordVectorizer",),
}
_FUSIONS = {
    "block_features": ("BlockFeatures",),
    "block_network": ("BlockNetworkClassifier", "BlockNetworkRegressor"),
    "block_weights": ("BlockWeightSearchCV",),
    "early": ("BlockScaler",),
    "embedding.chi_squared": ("ChiSquaredRidge",),
    "embedding.ensemble": ("EmbeddingEnsemble",),
    "embedding.floors": (
        *("PopularityEmbedder", "PopularityEmbedding", "RandomEmbedding"),
    ),
    "embedding.pairs": ("JointEmbedding", "PairEmbedder"),
    "embedding.semantic": ("SemanticMatching",),
    "embedding.taught": ("Lesson", "TaughtMatching"),
    "fold_bagging": ("FoldBaggingClassifier", "FoldBaggingRegressor"),
    "fusion_layers": ("FusionNetwork",),
    "generation.agreement": ("_BleuVectors", "_Embedded"),
    "generation.consensus": ("ConsensusText", "JointConsensusText", "NearestText"),
    "generation.ensemble": ("TextEnsemble",),
    "generation.floors": ("CopiedText", "RandomTrainingText"),
    "generation.from_words": ("TextFromWords",),
    "greedy": ("GreedyEnsembleClassifier", "GreedyEnsembleRegressor"),
    "hybrid": ("HybridFusionClassifier", "HybridFusionRegressor"),
    "interaction": ("InteractionFeatures",),
    "joint_spaces.bagged": ("BaggedSpace",),
    "joint_spaces.base": ("_Side",),
    "joint_spaces.cca": ("CCASpace",),
    "joint_spaces.contrastive": ("ContrastiveSpace",),
    "joint_spaces.mcca": ("MultiviewCCA",),
    "joint_spaces.neighbours": ("NeighbourSpace",),
    "joint_spaces.pls": ("PLSSpace",),
    "joint_spaces.procrustes": ("ProcrustesSpace",),
    "joint_spaces.reduction": ("SingularVectors",),
    "joint_spaces.ridge": ("RidgeSpace",),
    "joint_spaces.shared": ("SharedSpace",),
    "kernels": ("BlockKernels",),
    "key_frames": ("FrameScorer", "KeyFrameRegressor"),
    "late": ("LateFusionClassifier", "LateFusionRegressor"),
    "missing_blocks": ("BlockImputer",),
    "nested_folds": ("NestedFolds",),
    "network": ("FusionNetClassifier", "FusionNetRegressor"),
    "select": ("SelectColumns",),
    "similarity": ("BlockSimilarity",),
}
_PREDICTORS = {
    "boosting": (
        *("CatBoostClassifier", "CatBoostRegressor"),
        *("LightGBMClassifier", "LightGBMRegressor"),
        *("XGBoostClassifier", "XGBoostRegressor"),
    ),
    "features": ("DenseReducer", "SignSplitter"),
    "linear_svm": ("LinearSVMClassifier",),
    "logit_adjustment": ("LogitAdjustedClassifier",),
    "nb_svm": ("NBSVMClassifier",),
    "optuna_search": ("OptunaSearchCV",),
}
_EXPORT = {"keys": ("Items",)}
_TASKS = {
    "answering.estimators": ("QuestionBeginnings", "QuestionPrior"),
    "classification.encoded_labels": ("EncodedLabels",),
    "multilabel.estimators": ("LabelwiseClassifier",),
    "regression.estimators": ("LogTargetRegressor", "log_of"),
    "summarisation.estimators": ("RandomRegressor",),
}
_OWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "export": _EXPORT,
    "feature_extraction": _EXTRACTORS,
    "fusion": _FUSIONS,
    "predictors": _PREDICTORS,
    "tasks": _TASKS,
    "texts": {"cider": ("CiderVectors",)},
}
# What skops doesn't know of scikit-learn. Trees are checked by mmbench itself.
_SCIKIT_LEARN = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._classification.f1_score",
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils._metadata_requests.MetadataRequest",
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
)
# Of sparse matrices mmbench checks the indices; models of other libraries are taken as
# data by these libraries' own readers.
_OTHERS = (
    "catboost.core.CatBoostClassifier",
    "catboost.core.CatBoostRegressor",
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "numpy.dtype",
    "scipy.sparse._csc.csc_array",
    "scipy.sparse._csc.csc_matrix",
    "scipy.sparse._csr.csr_array",
    "scipy.sparse._csr.csr_matrix",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
    "xgboost.sklearn.XGBRegressor",
)

TRUSTED: frozenset[str] = frozenset((*_SCIKIT_LEARN, *_OTHERS)) | {
    f"mmbench.{package}.{module}.{name}"
    for package, modules in _OWN.items()
    for module, names in modules.items()
    for name in names
}
"""The full names of the types."""
