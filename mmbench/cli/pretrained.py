"""Pretrained files that ``mmbench run`` is given, looked into before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmbench.errors import MissingDependencyError, UsageError


def parse_weights(text: str) -> tuple[str, str]:
    """Return the network and the file of ``ARCH=PATH``, if they fit each other."""
    from mmbench.feature_extraction import CNNExtractor

    arch, equals, path = text.partition("=")
    if not (arch and equals and path):
        raise UsageError(
            "--weights must be ARCH=PATH, such as mobilenet_v2=weights.pth, "
            f"got {text!r}."
        )
    if not Path(path).is_file():
        raise UsageError(f"--weights {arch}: there is no file {path}.")
    try:
        # No image at all: this only loads the network.
        CNNExtractor(arch, path, precision="float32").transform([])
    except MissingDependencyError:
        pass  # Without torch its methods are skipped, and the report says so.
    except (TypeError, ValueError) as error:
        raise UsageError(f"--weights {text}: {error}") from error
    return arch, str(Path(path).absolute())


def checked_vectors(path: Path | None) -> Path | None:
    """Return the file of word vectors, if it is one."""
    from mmbench.feature_extraction import PretrainedWordVectorizer

    if path is None:
        return None
    if not path.is_file():
        raise UsageError(f"--vectors: there is no file {path}.")
    try:
        # No text at all: this only opens the file.
        PretrainedWordVectorizer(str(path)).transform([])
    except ValueError as error:
        raise UsageError(f"--vectors {path}: {error}") from error
    return path.absolute()


def named_text_models(models: Sequence[str]) -> dict[str, str]:
    """Return pretrained language models under the names that methods call them by.

    Parameters
    ----------
    models : sequence of str
        Folders, or names on the hub; the last part of one is its name.
    """
    from mmbench.feature_extraction import pretrained_vectorizer

    named: dict[str, str] = {}
    for model in models:
        # A plus sign joins extractors in the name of a method.
        name = Path(model).name.replace("+", "-").lower()
        if name in named:
            raise UsageError(f"--text-model: two models are called {name!r}.")
        try:
            # No text at all: this only loads the network.
            pretrained_vectorizer(model).transform([])
        except MissingDependencyError:
            pass  # As without torch.
        except ValueError as error:
            raise UsageError(f"--text-model {model}: {error}") from error
        is_folder = Path(model).is_dir()
        named[name] = str(Path(model).absolute()) if is_folder else model
    return named
