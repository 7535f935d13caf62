"""Check README, docs and code for phrases to write otherwise.

Usage: python .ci/check_words.py

Prints each line that has one, with what to write instead, and exits with 1. It also
finds calls that would download something while mmbench runs: nothing does so unasked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACES = (
    *("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/*/*.md", "docs/gallery/*.py"),
    *("mmbench/**/*.py", "mmbench/**/*.html", "mmbench/**/*.md"),
    *("datasets/*/card.toml", "reports/reference/*/report.md"),
)

BETTER = {
    r"(can't|cannot|could not) be told\b(?! apart)": "no significant difference",
    r"\b(is|are) to be told\b": "the target is …",
    r"\b(to|can't|can|not) be had\b": "(not) available",
    r"\bgo(es)? on where\b": "resumes",
    r"\bwhat (came|comes) of\b": "the results of",
    r"\b(by|good|bad|mere) luck\b|\bthe luck of\b": "chance",
    r"\bhangs? on\b(?! to)": "depends on",
    r"\bwho is better than whom\b": "pairwise comparison",
    r"\bdo(es)? without a modality\b": "modality ablation",
    r"(?<!there )(?<!where )\b(is|are) no (?!such|longer|more|better|less|worse|lower|"
    r"farther|other|significant|matter|sign|noise|reason|need|way|doubt|part|merit|"
    r"one\b|exception|choice|content|change|limit|lookups?|failure|answer)"
    r"[a-z]+": "is not a …",
    r"\bcan hold them to\b": "can check them against",
    r"\banew\b": "again, re-…",
    r"\bmend(s|ed|ing)?\b": "fix, correct",
    r"\b(has|have) not[;,.]": "does not have, lacks",
    r"\b(is|are) got\b": "how to get",
    r"\b(is|are) twice\b|\bstands? (once|twice|already)\b": "appears …",
    r"\bno honest\b": "too much for genuine data",
    r"\bplanned otherwise\b|\bscored otherwise\b": "differently",
    r"\bsomething else than\b": "something other than",
    r"\bone a (row|class|method|fold|trial|dataset)\b|"
    r"\b(one|several) (number|label|string|text|key|answer|row|record|cell|column|"
    r"value|entry|line)s? an? (row|sample|class|cell|label|fold|person|picture|"
    r"question|trial|method)\b(?! (is|has|needs))": "one … per …",
    r"\bnltk\.download\(|gensim\.downloader|torch\.hub\.load": "nothing: no download "
    "while mmbench runs",
}


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the phrases of a text that are better written otherwise.

    Parameters
    ----------
    text : str
        Prose or code.

    Yields
    ------
    (int, str, str)
        The line's number, from 1; the phrase; what to write instead.
    """
    for number, line in enumerate(text.splitlines(), 1):
        for phrase, better in BETTER.items():
            for found in re.finditer(phrase, line, re.IGNORECASE):
                yield number, found.group(), better


def main() -> int:
    """Print all findings.

    Returns
    -------
    int
        1 when there are some, else 0.
    """
    n_found = 0
    for path in sorted({p for place in PLACES for p in ROOT.glob(place)}):
        for number, phrase, better in findings(path.read_text(encoding="utf-8")):
            n_found += 1
            print(f"{path.relative_to(ROOT)}:{number}: {phrase!r}: {better}")
    print(f"{n_found} phrases to write otherwise")
    return 1 if n_found else 0


if __name__ == "__main__":
    sys.exit(main())
