from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path

import pytest
from sklearn.dummy import DummyClassifier

from mmbench import EMBEDDED, Suite
from mmbench.checks import (
    CHECKS,
    Check,
    Finding,
    catalogue,
    check_codes,
    check_of,
    finding_of,
)
from mmbench.checks.catalogue import DUPLICATES, NOTE
from mmbench.datasets import Dataset, get_dataset
from mmbench.errors import UnknownNameError
from mmbench.presentation.sentences import Name

DOCS = Path(__file__).parent.parent / catalogue.DOCS
OWN = Check("LAB1", "Blurred scans", "serious", "scan the pages again")


def pickled(finding: Finding) -> Finding:
    copied: Finding = pickle.loads(pickle.dumps(finding))  # noqa: S301 - our own
    return copied


def tiny_suite(*, dataset: Dataset | None = None, ignore: list[str]) -> Suite:
    return Suite(
        name="tiny",
        datasets=[dataset or get_dataset("digits")],
        methods={"dummy": DummyClassifier()},
        ignore=ignore,
    )


def test_no_two_checks_share_a_code() -> None:
    found = [each for each in vars(catalogue).values() if isinstance(each, Check)]
    assert len(CHECKS) == len(found) > 30


def test_the_documentation_has_a_paragraph_under_the_anchor_of_every_check() -> None:
    paragraphs = re.findall(r"^### (\S+)\n\*\*(.+?)\.\*\* \S", DOCS.read_text(), re.M)
    assert paragraphs == [(check.code, check.title) for check in CHECKS.values()]


def test_a_check_links_to_its_paragraph_and_one_of_your_own_to_none() -> None:
    assert (DUPLICATES.link, OWN.link) == ("docs/checks.md#mm101", "")


def test_a_finding_is_its_sentence_and_keeps_the_names_in_it_apart() -> None:
    finding = OWN.found(Name("scanner/2"), " is blurred.", method="m")
    assert finding == "scanner/2 is blurred."
    assert isinstance(finding.sentence[0], Name)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copied_finding_keeps_its_check_and_method(copied) -> None:
    finding = copied(OWN.found("page 1", " is blurred.", method="m"))
    assert finding == "page 1 is blurred."
    assert (finding.check, finding.method) == (OWN, "m")
    assert finding.sentence == ("page 1", " is blurred.")


def test_a_bare_sentence_is_a_note_and_a_finding_stays_what_it_is() -> None:
    finding = OWN.found("page 1 is blurred.")
    assert finding_of("12 rows are old.").check is NOTE
    assert finding_of(finding) is finding


def test_an_unknown_code_of_a_folder_keeps_its_code() -> None:
    assert check_of("LAB1").code == "LAB1"
    assert check_of("MM101") is DUPLICATES


def test_an_unknown_code_is_refused_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'MM\d\d\d'\?.*MM505"):
        check_codes(["MM404", "MM1O1"])


def test_a_suite_refuses_to_ignore_what_no_check_finds() -> None:
    with pytest.raises(UnknownNameError, match="no check is named 'LAB1'"):
        tiny_suite(ignore=["LAB1"])


def test_a_suite_can_ignore_a_check_of_its_dataset() -> None:
    base = EMBEDDED["digits"]
    dataset = Dataset(
        name="scans",
        version="1",
        source="",
        licence="",
        modalities=base.modalities,
        load=base.load,
        notices=(OWN.found("page 1 is blurred."),),
    )
    assert tiny_suite(dataset=dataset, ignore=["LAB1"]).ignore == ["LAB1"]
