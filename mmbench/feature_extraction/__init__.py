"""Extractors: transformers from one column of texts, pictures, sounds or videos.

An extractor takes one column of cells (a Series, a list, a 1-D array). A missing text
becomes a row of zeros, a missing image, recording or video one of NaN. Extractors that
learn nothing say so with scikit-learn's tag ``requires_fit=False``.

May import `columns`, `neural`, `texts` and `clips`.
"""

from mmbench.feature_extraction.audio import AudioExtractor
from mmbench.feature_extraction.categories import FrequencyEncoder
from mmbench.feature_extraction.cnn import CNNExtractor
from mmbench.feature_extraction.conformance import check_extractor
from mmbench.feature_extraction.images import open_image
from mmbench.feature_extraction.motion import MotionExtractor
from mmbench.feature_extraction.pixels import ColorHistogramExtractor, PixelsExtractor
from mmbench.feature_extraction.recurrent import LSTMVectorizer, RNNVectorizer
from mmbench.feature_extraction.roots import signed_root
from mmbench.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
)
from mmbench.feature_extraction.texture import HOGExtractor, LBPExtractor
from mmbench.feature_extraction.timm_networks import TimmExtractor
from mmbench.feature_extraction.tokenize import split_tokens, words
from mmbench.feature_extraction.torch_module import TorchModuleExtractor
from mmbench.feature_extraction.transformer import (
    SentenceTransformerVectorizer,
    TransformerVectorizer,
    pretrained_vectorizer,
)
from mmbench.feature_extraction.video import (
    FrameFeatures,
    FramePooling,
    VideoExtractor,
)
from mmbench.feature_extraction.video_column import open_frames
from mmbench.feature_extraction.word_vectors import (
    FastTextVectorizer,
    GloVeVectorizer,
    PretrainedWordVectorizer,
    Word2VecVectorizer,
)

__all__ = [
    "AudioExtractor",
    "CNNExtractor",
    "ColorHistogramExtractor",
    "CountVectorizer",
    "FastTextVectorizer",
    "FrameFeatures",
    "FramePooling",
    "FrequencyEncoder",
    "GloVeVectorizer",
    "HOGExtractor",
    "HashingVectorizer",
    "LBPExtractor",
    "LSTMVectorizer",
    "MotionExtractor",
    "PixelsExtractor",
    "PretrainedWordVectorizer",
    "RNNVectorizer",
    "SentenceTransformerVectorizer",
    "TfidfVectorizer",
    "TimmExtractor",
    "TorchModuleExtractor",
    "TransformerVectorizer",
    "VideoExtractor",
    "Word2VecVectorizer",
    "check_extractor",
    "open_frames",
    "open_image",
    "pretrained_vectorizer",
    "signed_root",
    "split_tokens",
    "words",
]
