"""Pretrained files that ``mmbench run`` is given, looked into before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmbench.errors import MissingDependencyError, UsageError


def parse_weights(text: str) -> tuple[str, str]:
    """Return the network and the file of ``ARCH=PATH``, if they fit each other.

    Parameters
    ----------
    text : str
        ``ARCH=PATH``, as it was typed.

    Returns
    -------
    tuple of (str, str)
        The network's name, and the file's absolute path.

    Raises
    ------
    UsageError
        When the file does not exist or is not that network's.
    """
    arch, path = split_weights(text)
    _check_weights(text)
    return arch, path


def split_weights(text: str) -> tuple[str, str]:
    """Return the network and the file of ``ARCH=PATH``, if there is one.

    Parameters
    ----------
    text : str
        ``ARCH=PATH``, as it was typed, or ``ARCH=default``.

    Returns
    -------
    tuple of (str, str)
        The network's name, and the file's absolute path or ``default``.

    Raises
    ------
    UsageError
        When the text has another form, or there is no such file.
    """
    arch, equals, path = text.partition("=")
    if not (arch and equals and path):
        raise UsageError(
            "--weights must be ARCH=PATH, such as mobilenet_v2=weights.pth, "
            f"got {text!r}."
        )
    if path == "default":
        return arch, path
    if not Path(path).is_file():
        raise UsageError(f"--weights {arch}: there is no file {path}.")
    return arch, str(Path(path).absolute())


def existing_vectors(path: Path | None) -> Path | None:
    """Return the file of word vectors, if there is one.

    Parameters
    ----------
    path : Path or None
        The file as it was typed, if it was.

    Returns
    -------
    Path or None
        The absolute path.

    Raises
    ------
    UsageError
        When there is no such file.
    """
    if path is not None and not path.is_file():
        raise UsageError(f"--vectors: there is no file {path}.")
    return path and path.absolute()


def named_text_models(models: Sequence[str]) -> dict[str, str]:
    """Return pretrained language models under the names that methods call them by.

    Parameters
    ----------
    models : sequence of str
        Folders, or names on the hub; the last part of one is its name.

    Returns
    -------
    dict of str to str
        Name to absolute folder, or to the name on the hub.

    Raises
    ------
    UsageError
        When two models have one name.
    """
    named: dict[str, str] = {}
    for model in models:
        # A plus sign joins extractors in the name of a method.
        name = Path(model).name.replace("+", "-").lower()
        if name in named:
            raise UsageError(f"--text-model: two models are called {name!r}.")
        is_folder = Path(model).is_dir()
        named[name] = str(Path(model).absolute()) if is_folder else model
    return named


def found_dual_encoder(model: str | None) -> str | None:
    """Look for a dual encoder, without loading it.

    Parameters
    ----------
    model : str or None
        Its folder, or its name on the hub.

    Returns
    -------
    str or None
        The absolute folder, or the name on the hub.

    Raises
    ------
    UsageError
        When it is not on this machine, or has no weights in safetensors.
    """
    if model is None:
        return None
    from mmbench.errors import MissingDependencyError, RequirementError
    from mmbench.feature_extraction.dual_encoder import DualEncoderTexts

    folder = Path(model).expanduser()
    named = str(folder.absolute()) if folder.is_dir() else model
    try:
        DualEncoderTexts(named).check_requirements()
    except MissingDependencyError:
        pass  # As without torch.
    except RequirementError as error:
        raise UsageError(f"--dual-encoder {model}: {error}") from error
    return named


def check_pretrained(
    weights: Sequence[str], vectors: Path | None, text_models: Sequence[str]
) -> None:
    """Open pretrained files as they were given, which takes seconds for a network.

    Parameters
    ----------
    weights : sequence of str
        Networks as ``ARCH=PATH``.
    vectors : Path or None
        The file of word vectors, if there is one.
    text_models : sequence of str
        Folders of language models, or their names on the hub.

    Raises
    ------
    UsageError
        When one is not what its option says; the message names the option.
    """
    for text in weights:
        _check_weights(text)
    if vectors is not None:
        _check_vectors(vectors)
    for model in text_models:
        _check_text_model(model)


def _check_weights(text: str) -> None:
    from mmbench.feature_extraction import CNNExtractor

    arch, _, path = text.partition("=")
    try:
        # No image at all: this only loads the network.
        CNNExtractor(arch, path, precision="float32").transform([])
    except MissingDependencyError:
        pass  # Without torch its methods are skipped, and the report says so.
    except (TypeError, ValueError) as error:
        raise UsageError(f"--weights {text}: {error}") from error


def _check_vectors(path: Path) -> None:
    from mmbench.feature_extraction import PretrainedWordVectorizer

    try:
        # No text at all: this only opens the file.
        PretrainedWordVectorizer(str(path)).transform([])
    except ValueError as error:
        raise UsageError(f"--vectors {path}: {error}") from error


def _check_text_model(model: str) -> None:
    from mmbench.feature_extraction import pretrained_vectorizer

    try:
        # No text at all: this only loads the network.
        pretrained_vectorizer(model).transform([])
    except MissingDependencyError:
        pass  # As without torch.
    except ValueError as error:
        raise UsageError(f"--text-model {model}: {error}") from error
