"""Names of methods without the parts that all of them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

__all__ = ["MethodNames"]


class MethodNames:
    """Short names of methods.

    A method's name is a path. Methods with as many parts are of one kind; parts at the
    start and at the end that all methods of a kind share are left out, unless a
    predictor would stand alone, or two methods have the same name.

    Parameters
    ----------
    methods : iterable of str
        The full names.

    Examples
    --------
    >>> names = MethodNames(["dummy", "text/tfidf/logistic", "image/hog/logistic"])
    >>> names("text/tfidf/logistic"), names("dummy"), names("unknown/logistic")
    ('text/tfidf', 'dummy', 'unknown/logistic')
    >>> names.note
    'Method names leave out shared parts: text/tfidf is text/tfidf/logistic.'
    """

    def __init__(self, methods: Iterable[str] = ()) -> None:
        kinds: dict[int, list[Sequence[str]]] = defaultdict(list)
        for name in dict.fromkeys(methods):
            kinds[name.count("/")].append(name.split("/"))
        cut = dict(each for kind in kinds.values() for each in _without_shared(kind))
        self._short = cut if len({*cut.values()}) == len(cut) else {}

    def __call__(self, method: str) -> str:
        """Return the short name of a method; other text as it is.

        Parameters
        ----------
        method : str
            A full name.

        Returns
        -------
        str
            The parts that distinguish it from other methods.
        """
        return self._short.get(method, method)

    def full(self, name: str) -> str:
        """Return the full name of a method, given either; other text as it is.

        Parameters
        ----------
        name : str
            A full name, or the short one that tables show.

        Returns
        -------
        str
            The full name.

        Examples
        --------
        >>> names = MethodNames(["dummy", "text/tfidf/logistic", "image/hog/logistic"])
        >>> names.full("image/hog"), names.full("unknown")
        ('image/hog/logistic', 'unknown')
        """
        if name in self._short:
            return name
        full = {short: full for full, short in self._short.items()}
        return full.get(name, name)

    @property
    def note(self) -> str:
        """What the full names are, by an example of each kind; empty for full names."""
        examples = {
            full.count("/"): f"{short} is {full}"
            for full, short in reversed(self._short.items())
            if short != full
        }
        told = "; ".join(examples[kind] for kind in sorted(examples))
        return f"Method names leave out shared parts: {told}." if told else ""


def _without_shared(kind: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    # A predictor alone says too little, as in "logistic" for a fusion.
    start = min(_n_shared(kind), max(len(kind[0]) - 2, 0))
    # One part is left even where all are shared.
    end = min(_n_shared([path[::-1] for path in kind]), len(kind[0]) - start - 1)
    return [("/".join(path), "/".join(path[start : len(path) - end])) for path in kind]


def _n_shared(paths: Sequence[Sequence[str]]) -> int:
    """Return how many parts at the start all paths share; none of a single path."""
    if len(paths) < 2:
        return 0
    differ = (len(set(parts)) > 1 for parts in zip(*paths, strict=True))
    return next((place for place, different in enumerate(differ) if different), 0)
