"""Names of methods that are the same whatever a dataset calls its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["common_names"]


def common_names(methods: Sequence[str], entry: Mapping[str, Any]) -> dict[str, str]:
    """Return names of methods that don't depend on what a dataset calls its columns.

    The built-in suites' names begin with the columns that a method looks at; these
    become their kinds, such as ``text`` and ``image``. Of several methods that would
    then have one name, the one that looks at most columns gets it, if it is the only
    one; the others keep theirs.

    Parameters
    ----------
    methods : sequence of str
        The methods on one dataset.
    entry : mapping
        What ``plan.json`` says of the dataset.

    Returns
    -------
    dict of str to str
        Name to common name.

    Examples
    --------
    >>> entry = {"modalities": {"question": "text", "image": "image"}}
    >>> common_names(["question+image/tfidf+hog/early", "dummy"], entry)
    {'question+image/tfidf+hog/early': 'text+image/tfidf+hog/early', 'dummy': 'dummy'}
    """
    kinds = dict(entry.get("modalities") or {})
    kinds = {kind: kind for kind in kinds.values()} | kinds
    wanted: dict[str, list[tuple[int, str]]] = {}
    for method in methods:
        units, slash, rest = method.partition("/")
        parts = units.split("+")
        if slash and all(part in kinds for part in parts):
            joined = "+".join(dict.fromkeys(kinds[part] for part in parts))
            wanted.setdefault(f"{joined}/{rest}", []).append((len(parts), method))
    found = {method: method for method in methods}
    for name, claims in wanted.items():
        most = max(n for n, _ in claims)
        first = [method for n, method in claims if n == most]
        if len(first) == 1 and (name == first[0] or name not in found):
            found[first[0]] = name
    return found
