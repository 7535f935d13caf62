"""Networks that write texts, over features or over another text. They need torch."""

from mmbench.fusion.generation.decoder.estimators import TextDecoder, TextTranslator
from mmbench.fusion.generation.decoder.subwords import Subwords

__all__ = ["Subwords", "TextDecoder", "TextTranslator"]
